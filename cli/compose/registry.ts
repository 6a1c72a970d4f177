/** The connectors that this installation knows. */
import { join } from 'node:path';
import { builtinConnectors } from '../../connectors/registry/builtin.ts';
import { type ConnectorRegistry, createRegistry } from '../../connectors/registry/registry.ts';
import { DIST } from '../folders.ts';

export function openRegistry(): ConnectorRegistry {
  return createRegistry(builtinConnectors(join(DIST, 'connectors')));
}
