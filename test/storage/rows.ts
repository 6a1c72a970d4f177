/** A tenant with an instance and a scope, in one call. */
import { randomUUID } from 'node:crypto';
import { instanceId, type InstanceId, runId, type RunId, scopeId, type ScopeId, tenantId, type TenantId } from '../../domain/ids.ts';
import type { Cell, CellStatus, Trigger } from '../../domain/runs/types.ts';
import type { Collections } from '../../storage/collections.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { createScopeRepository } from '../../storage/mongo/scopes.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import type { ClaimRequest, CloseRequest } from '../../storage/ports/runs.ts';

export const NOW = new Date('2026-11-22T08:00:00.000Z');
export const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

export interface SeededTenant {
  readonly tenant: TenantId;
  readonly instance: InstanceId;
  readonly scope: ScopeId;
}

export const newRunId = (): RunId => runId(randomUUID());

export async function seedTenant(
  collections: Collections,
  categories: readonly string[] = ['iam_roles', 's3_buckets'],
): Promise<SeededTenant> {
  const key = randomUUID().slice(0, 8);
  const seeded = { tenant: tenantId(`t-${key}`), instance: instanceId(`i-${key}`), scope: scopeId(`s-${key}`) };
  await createTenantRepository(collections).create({
    _id: seeded.tenant,
    slug: key.toUpperCase(),
    name: 'Acme',
    kind: 'demo',
    created_at: NOW,
  });
  await createInstanceRepository(collections).create(seeded.tenant, {
    _id: seeded.instance,
    connector: 'aws',
    name: 'prod',
    source_tenant: '111122223333',
    credentials_ref: { provider: 'env', ref: 'AWS_PRIMARY' },
    config: {},
    status: 'active',
    created_at: NOW,
  });
  await createScopeRepository(collections).create(seeded.tenant, {
    _id: seeded.scope,
    instance_id: seeded.instance,
    kind: 'scan',
    name: 'all',
    categories,
    budget: { max_runtime_seconds: 600 },
    created_at: NOW,
  });
  return seeded;
}

export const trigger = (type: Trigger['type'] = 'manual_api'): Trigger => ({ type, source: 'cli', triggered_by_user_id: null });

export function claimRequest(scope: ScopeId, change: Partial<ClaimRequest> = {}): ClaimRequest {
  const run_id = change.run_id ?? newRunId();
  return {
    scope_id: scope,
    run_id,
    workflow_id: `scan/${scope}/${run_id}`,
    trigger: trigger(),
    derive_cells: ['__chain', '__stitch', '__eval', '__evidence'],
    now: NOW,
    override_cooldown: false,
    ...change,
  };
}

/** A run that holds the scope. */
export async function startRun(
  collections: Collections,
  scope: ScopeId,
  change: Partial<ClaimRequest> = {},
): Promise<{ run: RunId; generation: number }> {
  const result = await createRunRepository(collections).claim(claimRequest(scope, change));
  if (!result.claimed) throw new Error(`the claim was refused: ${result.reason}`);
  return { run: result.run._id, generation: result.run.generation };
}

/** The end of a run that succeeded, unless told otherwise. */
export const closing = (run_id: RunId, change: Partial<CloseRequest> = {}): CloseRequest => ({
  run_id,
  status: 'succeeded',
  reason: null,
  cells: {},
  cooldown_until: null,
  now: later(1),
  ...change,
});

export const cell = (status: CellStatus = 'succeeded', items = 1): Cell => ({
  status,
  items_scanned: items,
  started_at: NOW.toISOString(),
  ended_at: later(1).toISOString(),
  errors: status === 'succeeded' ? [] : [{ code: 'DENIED', class: 'persistent', message: '$not an operator', actor: 'customer' }],
});
