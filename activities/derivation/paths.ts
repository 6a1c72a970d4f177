/** `stitchPaths`: paths across source systems, from the tenant's chains. */
import { indexGraph } from '../../domain/graph/graph-index.ts';
import { stitchPaths } from '../../domain/stitching/build.ts';
import { STITCH_VERSION } from '../../domain/stitching/version.ts';
import type { DerivationReport, DerivationRequest } from '../derive.ts';
import type { DerivationDeps, DerivationOptions } from './deps.ts';

export async function derivePaths(
  { graph, derived }: DerivationDeps,
  { tenant_id, pass, at }: DerivationRequest,
  { signal, onProgress }: DerivationOptions,
): Promise<DerivationReport> {
  onProgress('read chains');
  const read = await graph.loadTenantGraph(tenant_id, { signal });
  const chains = await derived.loadAll(tenant_id, 'chains');
  onProgress('stitch paths');
  const { paths, unresolved } = stitchPaths(indexGraph(read), chains);
  onProgress('write paths');
  const stamp = { pass, builder_version: STITCH_VERSION, graph_revision: read.revision, now: at, signal };
  const counts = await derived.replaceAll(tenant_id, 'paths', paths, stamp);
  await derived.replaceAll(tenant_id, 'unresolved', unresolved, stamp);
  return { items: counts.created + counts.changed, errors: [] };
}
