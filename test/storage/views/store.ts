/** Puts view models back as the documents they are read from, so that a test can say what is stored in the terms of what is shown. */
import type { EntityView, FindingView, PackView, PathView, ChainView } from '../../../domain/views/types.ts';
import type { Edge } from '../../../domain/graph/types.ts';
import type { EdgeDoc, EntityDoc, EvidencePackDoc, ExecutionChainDoc, FindingDoc, StitchedPathDoc } from '../../../storage/collections.ts';
import { without } from '../../../storage/views/without.ts';
import { ACME, ago, AWS_MAIN, AWS_SCOPE, id, RUN } from '../../ui/records.ts';
import type { ScopeId, TenantId } from '../../../domain/ids.ts';

const provenance = (tenant: TenantId, scope: ScopeId) => ({
  tenant_id: tenant,
  scope_id: scope,
  instance_id: AWS_MAIN,
  changed_run: RUN,
  changed_sync: 'sync-1',
  change: 'created' as const,
  gen: 7,
  first_seen_at: ago(60 * 24 * 40),
  last_seen_at: ago(9),
  changed_at: ago(60 * 24 * 40),
});

export function entityDoc(view: EntityView, over: { tenant?: TenantId; scope?: ScopeId; removed?: boolean } = {}): EntityDoc {
  const scope = over.scope ?? AWS_SCOPE;
  const { id: entity_id, ...content } = without(view, 'sightings');
  return {
    ...content,
    ...provenance(over.tenant ?? ACME, scope),
    _id: `${entity_id}:${scope}:${content.category}`,
    entity_id,
    removed: over.removed ?? false,
  };
}

export function edgeDoc({ id: edge_id, ...content }: Edge, source_system = 'aws', tenant: TenantId = ACME): EdgeDoc {
  return {
    ...content,
    ...provenance(tenant, AWS_SCOPE),
    _id: `${edge_id}:${AWS_SCOPE}:${content.category}`,
    edge_id,
    source_system,
    removed: false,
  };
}

const changed = { content_hash: id('content'), changed_pass: 12, change: 'created' as const };

export const chainDoc = (view: ChainView): ExecutionChainDoc => ({ ...view, ...changed, _id: `${view.tenant_id}:${view.id}` });
export const pathDoc = (view: PathView): StitchedPathDoc => ({ ...view, ...changed, _id: `${view.tenant_id}:${view.id}` });
export const packDoc = (view: PackView): EvidencePackDoc => ({
  ...view,
  _id: `${view.tenant_id}:${view.digest}`,
  pass: 12,
  changed_pass: 12,
});
export const findingDoc = (view: FindingView, over: Partial<FindingDoc> = {}): FindingDoc => ({
  ...view,
  ...changed,
  _id: `${view.tenant_id}:${view.id}`,
  pass: 12,
  ...over,
});
