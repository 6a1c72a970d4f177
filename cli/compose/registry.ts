/** The connectors that this installation knows: the built-in ones, those of the host's file, and the browser-backed ones (CONN-06, CONN-07). */
import { join } from 'node:path';
import { browserManifests } from '../../connectors/browser/manifests.ts';
import { withBrowserConnectors } from '../../connectors/browser/registered.ts';
import { builtinConnectors } from '../../connectors/registry/builtin.ts';
import { loadExternalConnectors } from '../../connectors/registry/external.ts';
import { type ConnectorRegistry, createRegistry } from '../../connectors/registry/registry.ts';
import { DIST } from '../folders.ts';

/** `file`: the host's file of external connectors, if it has one. */
export async function openRegistry(file?: string): Promise<ConnectorRegistry> {
  const installed = file === undefined ? [] : await loadExternalConnectors(file, browserManifests);
  return createRegistry([...builtinConnectors(join(DIST, 'connectors')), ...withBrowserConnectors(installed)]);
}
