/** A scope's claim: one compare-and-set on its row, whatever started the scan (RUN-13), and its release. */
import { TransientError } from '../../domain/errors.ts';
import { type RunId, runId, type ScopeId, scopeId, tenantId, type TenantId } from '../../domain/ids.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import { whatIsInactive } from '../../domain/tenancy/active.ts';
import type { Collections } from '../collections.ts';
import type { ClaimRequest, ClaimResult } from '../ports/runs.ts';
import type { StartChain } from '../ports/scopes.ts';
import { isDuplicateKey } from './errors.ts';
import { defined, instant, oneOf, text } from './guards.ts';
import { readStartChain } from './scopes.ts';

export type ClaimCollections = Pick<Collections, 'tenants' | 'connectorInstances' | 'scanScopes' | 'scanRuns'>;

/** How often a claim is tried when the scope is let go of between the attempt and the look at its holder. */
const ATTEMPTS = 5;
const TRIGGERS = ['scheduled', 'manual_api', 'iac_lifecycle', 'deploy_gate'] as const;

export async function claimScope(collections: ClaimCollections, request: ClaimRequest): Promise<ClaimResult> {
  runId(request.run_id);
  text('workflow_id', request.workflow_id);
  instant('now', request.now);
  oneOf('trigger.type', request.trigger.type, TRIGGERS);
  const chain = await readStartChain(collections, request.scope_id);
  if (chain === null || !mayStart(chain, request)) return { claimed: false, reason: 'not_found' };

  const earlier = await collections.scanRuns.findOne({ _id: request.run_id });
  if (earlier !== null) return repeated(chain, earlier);
  const inactive = whatIsInactive(chain);
  if (inactive !== null) return { claimed: false, reason: 'inactive', tenant_id: chain.tenant._id, what: inactive };

  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const scope = await compareAndSet(collections, chain.tenant._id, request);
    if (scope !== null) return insertRun(collections, { ...chain, scope }, request);
    const refusal = await refusalOf(collections, chain.tenant._id, request);
    if (refusal !== null) return refusal;
  }
  throw new TransientError('the scope changes hands too fast', { code: 'SCOPE_CONTENDED', subject: request.scope_id });
}

/** Hints are only compared (CRED-05): what does not fit is "not found". */
function mayStart({ tenant, scope }: StartChain, request: ClaimRequest): boolean {
  if (request.kind !== undefined && request.kind !== scope.kind) return false;
  if (request.expected_tenant !== undefined && tenantId(request.expected_tenant) !== tenant._id) return false;
  return request.trigger.type !== 'scheduled' || (request.schedule_id !== undefined && request.schedule_id === scope.schedule_id);
}

function repeated(chain: StartChain, run: ScanRun): ClaimResult {
  if (run.tenant_id !== chain.tenant._id || run.scope_id !== chain.scope._id) return { claimed: false, reason: 'not_found' };
  if (run.status !== 'running') return { claimed: false, reason: 'run_over', run };
  return { claimed: true, run, scope: chain.scope, tenant: chain.tenant, instance: chain.instance };
}

function compareAndSet({ scanScopes }: ClaimCollections, tenant: TenantId, request: ClaimRequest): Promise<StartChain['scope'] | null> {
  const run = request.run_id;
  return scanScopes.findOneAndUpdate(
    {
      _id: scopeId(request.scope_id),
      tenant_id: tenant,
      status: 'active',
      $or: [{ in_flight: null }, { 'in_flight.run': run }],
      // Starts at the epoch: `$lte` never matches null.
      ...(request.override_cooldown ? {} : { cooldown_until: { $lte: request.now } }),
    },
    [
      {
        $set: {
          // A claim that died before its run was inserted is repeated: the same run keeps its generation.
          generation: { $cond: [{ $eq: ['$in_flight.run', { $literal: run }] }, '$generation', { $add: ['$generation', 1] }] },
          in_flight: { $literal: { run, workflow_id: request.workflow_id } },
          last_claimed_at: '$$NOW',
        },
      },
    ],
    { returnDocument: 'after' },
  );
}

/** Null when nothing is in the way any more: try again. */
async function refusalOf({ scanScopes }: ClaimCollections, tenant: TenantId, request: ClaimRequest): Promise<ClaimResult | null> {
  const scope = await scanScopes.findOne({ _id: request.scope_id, tenant_id: tenant });
  if (scope === null) return { claimed: false, reason: 'not_found' };
  if (scope.status !== 'active') return { claimed: false, reason: 'inactive', tenant_id: tenant, what: 'scope' };
  if (scope.in_flight !== null && scope.in_flight.run !== request.run_id) {
    return { claimed: false, reason: 'in_flight', tenant_id: tenant, holder: scope.in_flight };
  }
  if (!request.override_cooldown && scope.cooldown_until > request.now) {
    return { claimed: false, reason: 'cooldown', tenant_id: tenant, until: scope.cooldown_until };
  }
  return null;
}

async function insertRun(collections: ClaimCollections, chain: StartChain, request: ClaimRequest): Promise<ClaimResult> {
  const run = newRun(chain, request);
  try {
    await collections.scanRuns.insertOne(run);
    return { claimed: true, run, scope: chain.scope, tenant: chain.tenant, instance: chain.instance };
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
  // A twin of this claim was faster. If its run is over by now, this claim came too late and must not keep the scope.
  const twin = await collections.scanRuns.findOne({ _id: request.run_id });
  if (twin === null) throw new TransientError('the run changed meanwhile', { code: 'SCOPE_CONTENDED', subject: request.scope_id });
  if (twin.status !== 'running') await release(collections, chain.tenant._id, chain.scope._id, request.run_id, null);
  return repeated(chain, twin);
}

function newRun({ tenant, scope, instance }: StartChain, request: ClaimRequest): ScanRun {
  return {
    _id: request.run_id,
    tenant_id: tenant._id,
    scope_id: scope._id,
    instance_id: scope.instance_id,
    connector: instance?.connector ?? scope.kind,
    status: 'running',
    reason: null,
    trigger: defined(request.trigger),
    workflow_id: request.workflow_id,
    generation: scope.generation,
    category_results: {},
    sync_id: null,
    derive_cells: [...request.derive_cells],
    derivation_requested_at: null,
    derivation_pass: null,
    collected_at: null,
    isolation: null,
    started_at: request.now,
    deadline_at: new Date(request.now.getTime() + scope.budget.max_runtime_seconds * 1000),
    ended_at: null,
  };
}

/** Lets go of the scope if this run holds it, and only then sets the cooldown: both in one write. */
export async function release(
  { scanScopes }: Pick<Collections, 'scanScopes'>,
  tenant: TenantId,
  scope: ScopeId,
  run: RunId,
  cooldownUntil: Date | null,
): Promise<void> {
  const cooldown = cooldownUntil === null ? {} : { cooldown_until: { $max: ['$cooldown_until', cooldownUntil] } };
  await scanScopes.updateOne({ _id: scope, tenant_id: tenant, 'in_flight.run': run }, [{ $set: { in_flight: null, ...cooldown } }]);
}
