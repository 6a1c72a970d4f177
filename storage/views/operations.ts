/** Scopes and connector instances as operators see them, over all tenants or of one: in id order, with the names around them. */
import type { Filter } from 'mongodb';
import type { FederationBinding } from '../../domain/federation/types.ts';
import { type InstanceId, instanceId, type ScopeId, scopeId, type TenantId, tenantId } from '../../domain/ids.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import type { ConnectorInstance, ScanScope } from '../../domain/tenancy/types.ts';
import type { BindingView, IdPosition, InstanceRow, LastResolve, LastRun, Page, PageRequest, ScopeRow } from '../../domain/views/types.ts';
import type { AuditDoc, Collections } from '../collections.ts';
import { pageSize, text } from '../mongo/guards.ts';
import type { Versioned } from '../ports/instances.ts';
import { newestFirst } from './windows.ts';

type Parts = Pick<Collections, 'tenants' | 'connectorInstances' | 'scanScopes' | 'scanRuns' | 'audit' | 'federationBindings'>;

/** The claim's time is the database's, the run's a worker's. */
const CLOCKS_APART = 60_000;

export interface ScopesFilter {
  readonly tenant_id?: TenantId;
  readonly instance_id?: InstanceId;
}

export interface InstancesFilter {
  readonly tenant_id?: TenantId;
  readonly connector?: string;
}

export function operationsViews(collections: Parts, now: () => Date) {
  const { tenants, connectorInstances, scanScopes, federationBindings } = collections;

  async function scopeRows(scopes: readonly Versioned<ScanScope>[]): Promise<readonly ScopeRow[]> {
    const [owners, instances, runs] = await Promise.all([
      tenants.find({ _id: { $in: unique(scopes.map(({ tenant_id }) => tenant_id)) } }).toArray(),
      connectorInstances.find({ _id: { $in: unique(scopes.flatMap(({ instance_id }) => instance_id ?? [])) } }).toArray(),
      Promise.all(scopes.map((scope) => lastRunOf(collections, scope, now()))),
    ]);
    return scopes.map((scope, index) => {
      const owner = owners.find(({ _id }) => _id === scope.tenant_id);
      const instance = instances.find(({ _id, tenant_id }) => _id === scope.instance_id && tenant_id === scope.tenant_id);
      return {
        scope,
        tenant_name: owner?.name ?? null,
        tenant_status: owner?.status ?? null,
        instance_name: instance?.name ?? null,
        connector: instance?.connector ?? null,
        last_run: runs[index] ?? null,
      };
    });
  }

  async function instanceRows(instances: readonly Versioned<ConnectorInstance>[]): Promise<readonly InstanceRow[]> {
    const [owners, resolves, bindings] = await Promise.all([
      tenants.find({ _id: { $in: unique(instances.map(({ tenant_id }) => tenant_id)) } }).toArray(),
      Promise.all(instances.map((instance) => lastResolveOf(collections, instance))),
      Promise.all(instances.map(({ _id, tenant_id }) => federationBindings.findOne({ tenant_id, instance_id: _id }))),
    ]);
    return instances.map((instance, index) => {
      const owner = owners.find(({ _id }) => _id === instance.tenant_id);
      return {
        instance,
        tenant_name: owner?.name ?? null,
        tenant_status: owner?.status ?? null,
        last_resolve: resolves[index] ?? null,
        binding: bindingView(bindings[index] ?? null),
      };
    });
  }

  return {
    /** Scan scopes only: the synthetic rows of ingest and gate are nobody's to edit. */
    async scopes(filter: ScopesFilter, request: PageRequest<IdPosition>): Promise<Page<ScopeRow, IdPosition>> {
      const conditions = {
        kind: 'scan',
        ...(filter.tenant_id === undefined ? {} : { tenant_id: tenantId(filter.tenant_id) }),
        ...(filter.instance_id === undefined ? {} : { instance_id: instanceId(filter.instance_id) }),
        ...behind(request),
      } as Filter<Versioned<ScanScope>>;
      const limit = pageSize(request.limit, 50, 200);
      const rows = await scanScopes
        .find(conditions)
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray();
      return cut(await scopeRows(rows.slice(0, limit)), rows.length > limit, ({ scope }) => scope._id);
    },

    async scope(id: ScopeId): Promise<ScopeRow | null> {
      const row = await scanScopes.findOne({ _id: scopeId(id), kind: 'scan' });
      return row === null ? null : ((await scopeRows([row]))[0] ?? null);
    },

    async instances(filter: InstancesFilter, request: PageRequest<IdPosition>): Promise<Page<InstanceRow, IdPosition>> {
      const conditions = {
        ...(filter.tenant_id === undefined ? {} : { tenant_id: tenantId(filter.tenant_id) }),
        ...(filter.connector === undefined ? {} : { connector: text('connector', filter.connector) }),
        ...behind(request),
      } as Filter<Versioned<ConnectorInstance>>;
      const limit = pageSize(request.limit, 50, 200);
      const rows = await connectorInstances
        .find(conditions)
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray();
      return cut(await instanceRows(rows.slice(0, limit)), rows.length > limit, ({ instance }) => instance._id);
    },

    async instance(id: InstanceId): Promise<InstanceRow | null> {
      const row = await connectorInstances.findOne({ _id: instanceId(id) });
      return row === null ? null : ((await instanceRows([row]))[0] ?? null);
    },
  };
}

const behind = (request: PageRequest<IdPosition>): object =>
  request.after === undefined ? {} : { _id: { $gt: text('after', request.after.id) } };

function cut<T>(items: readonly T[], more: boolean, idOf: (item: T) => string): Page<T, IdPosition> {
  const last = items.at(-1);
  return { items, next: more && last !== undefined ? { id: idOf(last) } : null };
}

async function lastRunOf({ scanRuns }: Pick<Collections, 'scanRuns'>, scope: ScanScope, now: Date): Promise<LastRun | null> {
  if (scope.last_claimed_at === null) return null;
  type Row = Pick<ScanRun, '_id' | 'status' | 'reason' | 'started_at' | 'ended_at'>;
  const [row] = await newestFirst<Row>({
    fetch: async (started_at, _, limit) =>
      (await scanRuns
        .find({ scope_id: scope._id, started_at } as Filter<ScanRun>, {
          projection: { status: 1, reason: 1, started_at: 1, ended_at: 1 },
        })
        .sort({ started_at: -1, _id: -1 })
        .limit(limit)
        .toArray()) as Row[],
    limit: 1,
    now,
    // Since the last claim there is one run: the first range holds it, and hardly more.
    firstWindow: now.getTime() - scope.last_claimed_at.getTime() + CLOCKS_APART,
  });
  if (row === undefined) return null;
  return { run_id: row._id, status: row.status, reason: row.reason, started_at: row.started_at, ended_at: row.ended_at };
}

/** The newest outcome of asking for this instance's credential: who was asked, and what came of it. */
async function lastResolveOf({ audit }: Pick<Collections, 'audit'>, instance: ConnectorInstance): Promise<LastResolve | null> {
  const [row] = await audit
    .find({
      tenant_id: instance.tenant_id,
      action: 'credential.resolve',
      'subject.instance': instance._id,
      outcome: { $in: ['granted', 'refused'] },
    } as Filter<AuditDoc>)
    .sort({ seq: -1 })
    .limit(1)
    .toArray();
  if (row === undefined) return null;
  const word = (name: string): string | null => {
    const value = row.subject[name];
    return typeof value === 'string' ? value : null;
  };
  const names = row.subject['key_names'];
  return {
    at: row.at,
    granted: row.outcome === 'granted',
    provider: word('provider'),
    purpose: word('purpose'),
    version: word('version'),
    code: word('code'),
    key_names: Array.isArray(names) ? names.map(String) : [],
  };
}

/** The external id stays where it is: whoever knows it can test other people's roles for it. */
function bindingView(binding: FederationBinding | null): BindingView | null {
  if (binding === null) return null;
  const { provider, state, target, probes, changed_at } = binding;
  return { provider, state, target, probes, changed_at };
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
