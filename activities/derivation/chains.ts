/** `buildChains`: the tenant's execution chains, from its graph. */
import { buildChains } from '../../domain/chains/build.ts';
import { CHAIN_BUILDER_VERSION } from '../../domain/chains/version.ts';
import { indexGraph } from '../../domain/graph/graph-index.ts';
import type { DerivationReport, DerivationRequest } from '../derive.ts';
import type { DerivationDeps, DerivationOptions } from './deps.ts';

export async function deriveChains(
  { graph, derived }: DerivationDeps,
  { tenant_id, pass, at }: DerivationRequest,
  { signal, onProgress }: DerivationOptions,
): Promise<DerivationReport> {
  onProgress('read graph');
  const read = await graph.loadTenantGraph(tenant_id, { signal });
  onProgress('build chains');
  const { chains } = buildChains(indexGraph(read));
  onProgress('write chains');
  const stamp = { pass, builder_version: CHAIN_BUILDER_VERSION, graph_revision: read.revision, now: at, signal };
  const counts = await derived.replaceAll(tenant_id, 'chains', chains, stamp);
  return { items: counts.created + counts.changed, errors: [] };
}
