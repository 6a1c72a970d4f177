import { ConflictError, NotFoundError } from '../../domain/errors.ts';
import { instanceId, type ScopeId, scopeId, type TenantId } from '../../domain/ids.ts';
import type { ScanScope } from '../../domain/tenancy/types.ts';
import type { Collections } from '../collections.ts';
import type { Versioned } from '../ports/instances.ts';
import type { NewScope, ScopeEdit, ScopeRepository, StartChain } from '../ports/scopes.ts';
import { editVersioned, insertVersioned } from './edits.ts';
import { isDuplicateKey, mappingErrors } from './errors.ts';
import { instant, oneOf, ownTenant } from './guards.ts';

const DEFAULT_COOLDOWN_SECONDS = 3600;
const KINDS = ['scan', 'ingest', 'gate'] as const;
const EDITABLE = [
  'name',
  'categories',
  'params',
  'budget',
  'cooldown_seconds',
  'schedule_id',
  'schedule',
  'paused',
  'status',
] as const satisfies readonly (keyof ScopeEdit)[];

type ScopeCollections = Pick<Collections, 'tenants' | 'connectorInstances' | 'scanScopes' | 'entities' | 'edges' | 'coverage'>;

/** CRED-05: the scope row names the tenant; the instance must be a row of that tenant. */
export async function readStartChain(
  collections: Pick<Collections, 'tenants' | 'connectorInstances' | 'scanScopes'>,
  id: ScopeId,
): Promise<StartChain | null> {
  const scope = await collections.scanScopes.findOne({ _id: scopeId(id) });
  if (scope === null) return null;
  const [tenant, instance] = await Promise.all([
    collections.tenants.findOne({ _id: scope.tenant_id }),
    scope.instance_id === null ? null : collections.connectorInstances.findOne({ _id: scope.instance_id, tenant_id: scope.tenant_id }),
  ]);
  if (tenant === null || (scope.instance_id !== null && instance === null)) return null;
  return { tenant, scope, instance };
}

export function createScopeRepository(collections: ScopeCollections): ScopeRepository {
  const { connectorInstances, scanScopes, entities, edges, coverage } = collections;
  const find = (tenant: TenantId, id: ScopeId): Promise<Versioned<ScanScope> | null> =>
    scanScopes.findOne({ _id: scopeId(id), tenant_id: ownTenant(tenant) });

  async function newRow(tenant: TenantId, scope: NewScope): Promise<Versioned<ScanScope>> {
    const tenant_id = ownTenant(tenant);
    const instance_id = scope.instance_id === null ? null : instanceId(scope.instance_id);
    if (instance_id !== null && (await connectorInstances.findOne({ _id: instance_id, tenant_id }, { projection: { _id: 1 } })) === null) {
      throw new NotFoundError('instance', instance_id);
    }
    return {
      _id: scopeId(scope._id),
      tenant_id,
      instance_id,
      kind: oneOf('kind', scope.kind, KINDS),
      name: scope.name,
      categories: [...new Set(scope.categories)].sort(),
      params: scope.params ?? {},
      budget: scope.budget,
      cooldown_seconds: scope.cooldown_seconds ?? DEFAULT_COOLDOWN_SECONDS,
      cooldown_until: new Date(0),
      in_flight: null,
      generation: 0,
      last_claimed_at: null,
      schedule_id: scope.schedule_id ?? null,
      schedule: scope.schedule ?? null,
      paused: null,
      status: 'active',
      created_at: instant('created_at', scope.created_at),
      version: 1,
    };
  }

  return mappingErrors<ScopeRepository>('scopes', {
    find,
    findForStart: async (id) => readStartChain(collections, id),
    create: async (tenant, scope) => insertVersioned(scanScopes, await newRow(tenant, scope), 'scope'),

    async ensure(tenant, scope) {
      const present = await find(tenant, scope._id);
      if (present !== null) return present;
      const row = await newRow(tenant, scope);
      try {
        await scanScopes.insertOne(row);
        return row;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const meanwhile = await find(tenant, scope._id);
        if (meanwhile === null) throw new NotFoundError('scope', scope._id);
        return meanwhile;
      }
    },

    async get(tenant, id) {
      const row = await find(tenant, id);
      if (row === null) throw new NotFoundError('scope', id);
      return row;
    },

    async list(tenant, filter = {}) {
      const query = {
        tenant_id: ownTenant(tenant),
        ...(filter.kind === undefined ? {} : { kind: oneOf('kind', filter.kind, KINDS) }),
        ...(filter.instance_id === undefined ? {} : { instance_id: instanceId(filter.instance_id) }),
      };
      return scanScopes.find(query).sort({ _id: 1 }).toArray();
    },

    async update(tenant, id, edit, version) {
      const row = { tenant: ownTenant(tenant), id: scopeId(id), ...(version === undefined ? {} : { version }) };
      const sorted = edit.categories === undefined ? edit : { ...edit, categories: [...new Set(edit.categories)].sort() };
      return editVersioned(scanScopes, row, sorted, EDITABLE, 'scope');
    },

    async clearCooldown(tenant, id) {
      const { matchedCount } = await scanScopes.updateOne(
        { _id: scopeId(id), tenant_id: ownTenant(tenant) },
        { $set: { cooldown_until: new Date(0) } },
      );
      if (matchedCount === 0) throw new NotFoundError('scope', id);
    },

    /** Disabled first, so that nothing claims it meanwhile; the row goes last, so that a removal that died can be repeated. */
    async remove(tenant, id) {
      const mine = { _id: scopeId(id), tenant_id: ownTenant(tenant) };
      const { matchedCount } = await scanScopes.updateOne(
        { ...mine, in_flight: null },
        { $set: { status: 'disabled' }, $inc: { version: 1 } },
      );
      if (matchedCount === 0) {
        const held = await find(tenant, id);
        if (held === null) throw new NotFoundError('scope', id);
        const facts = { code: 'SCOPE_IN_FLIGHT', subject: id, ...(held.in_flight === null ? {} : { holder: held.in_flight.run }) };
        throw new ConflictError('a run of this scope is in flight', facts);
      }
      const rows = { tenant_id: mine.tenant_id, scope_id: mine._id };
      await entities.deleteMany(rows);
      await edges.deleteMany(rows);
      await coverage.deleteMany(rows);
      await scanScopes.deleteOne({ ...mine, in_flight: null });
    },

    async *listHeld(before) {
      // A string above '' is a held scope: an index range, where `$ne: null` would read every scope.
      const held = { 'in_flight.run': { $gt: '' }, last_claimed_at: { $lt: instant('before', before) } };
      const rows = scanScopes.find(held as never).sort({ last_claimed_at: 1 });
      for await (const { _id, tenant_id, in_flight, last_claimed_at } of rows) {
        if (in_flight !== null && last_claimed_at !== null) yield { tenant_id, scope_id: _id, in_flight, last_claimed_at };
      }
    },
  });
}
