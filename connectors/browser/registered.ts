/** Registry entries for browser-backed connectors, also where this host has not installed the executable: the launch says so then. */
import { PersistentError } from '../../domain/errors.ts';
import type { ConnectorExecutable } from '../contract/executable.ts';
import type { RegisteredConnector } from '../registry/registry.ts';
import { browserManifests } from './manifests.ts';

/** `installed`: what the host's file registers, whole connectors of its own among them. */
export function withBrowserConnectors(installed: readonly RegisteredConnector[]): readonly RegisteredConnector[] {
  const known = new Set(installed.map(({ manifest }) => manifest.kind));
  const absent = browserManifests.filter(({ kind }) => !known.has(kind));
  return [
    ...installed,
    ...absent.map((manifest) => ({
      manifest,
      get executable(): ConnectorExecutable {
        throw new PersistentError('the executable of this connector is not installed on this host', {
          code: 'CONNECTOR_NOT_INSTALLED',
          actor: 'operator',
          subject: manifest.kind,
        });
      },
    })),
  ];
}
