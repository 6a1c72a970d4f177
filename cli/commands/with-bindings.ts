/** What the commands about federation need, opened and closed. */
import { userInfo } from 'node:os';
import type { Bindings } from '../../broker/federation/bindings.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { connectedConfig } from '../compose/connected.ts';
import { openBindings, openMinters } from '../compose/federation.ts';
import { type FederationFile, readFederationFile } from '../compose/federation-file.ts';
import { openRegistry } from '../compose/registry.ts';
import type { Terminal } from '../terminal.ts';
import { openStorage, type Storage } from '../compose/storage.ts';

export interface BindingCommandParts {
  readonly bindings: Bindings;
  readonly storage: Storage;
  readonly registry: ConnectorRegistry;
  readonly identities: FederationFile;
  readonly actor: string;
}

export async function withBindings(env: Terminal['env'], use: (parts: BindingCommandParts) => Promise<void>): Promise<void> {
  const { config, settings } = await connectedConfig(env);
  const storage = await openStorage(settings);
  try {
    const now = (): Date => new Date();
    const registry = await openRegistry(config.connectorsFile);
    const identities = await readFederationFile(config.federationFile);
    const bindings = openBindings({ storage, registry, minters: await openMinters(identities, now), now });
    await use({ bindings, storage, registry, identities, actor: `cli:${userInfo().username}` });
  } finally {
    await storage.close();
  }
}
