/** Makes the demo's rows, again and again without harm; refuses a tenant that is real (OPS-04). */
import { ConflictError } from '../../domain/errors.ts';
import { instanceId, scopeId, tenantId } from '../../domain/ids.ts';
import type { ScopeSchedule } from '../../domain/tenancy/types.ts';
import type { Schedules } from '../compose/schedules.ts';
import type { Storage } from '../compose/storage.ts';
import { DEMO_SCOPES, DEMO_TENANTS, demoInstanceId, demoScopeId, type DemoScope } from './demo.ts';
import type { EmulatorUrls } from './emulators.ts';

type SeedStorage = Pick<Storage, 'tenants' | 'instances' | 'scopes'>;

const BUDGET_SECONDS = 300;
/** Scopes begin at different places of it: `offsetSeconds`. */
const DEMO_SCHEDULE = { kind: 'interval', every_seconds: 15 * 60 } as const satisfies ScopeSchedule;

export async function seedDemo(storage: SeedStorage, urls: EmulatorUrls, now: Date): Promise<void> {
  for (const { id, slug, name } of DEMO_TENANTS) {
    const existing = await storage.tenants.find(tenantId(id));
    if (existing !== null && existing.kind !== 'demo') {
      throw new ConflictError(`the tenant ${id} is real: the demo does not touch it`, {
        code: 'TENANT_IS_REAL',
        subject: id,
        actor: 'operator',
      });
    }
    if (existing === null) await storage.tenants.create({ _id: tenantId(id), slug, name, kind: 'demo', created_at: now });
  }
  for (const scope of DEMO_SCOPES) await seedScope(storage, scope, urls, now);
}

async function seedScope(storage: SeedStorage, demo: DemoScope, urls: EmulatorUrls, now: Date): Promise<void> {
  const tenant = tenantId(demo.tenant);
  const id = instanceId(demoInstanceId(demo));
  const config = demo.config(urls);
  if ((await storage.instances.find(tenant, id)) === null) {
    await storage.instances.create(tenant, {
      _id: id,
      connector: demo.connector,
      name: `${demo.connector} of ${demo.source_tenant}`,
      source_tenant: demo.source_tenant,
      credentials_ref: { provider: 'env', ref: demo.ref },
      config,
      status: 'active',
      created_at: now,
    });
  } else {
    // The emulators' ports are others at every start.
    await storage.instances.update(tenant, id, { config });
  }
  await storage.scopes.ensure(tenant, {
    _id: scopeId(demoScopeId(demo)),
    instance_id: id,
    kind: 'scan',
    name: `everything in ${demo.connector}`,
    categories: demo.categories,
    params: demo.params,
    budget: { max_runtime_seconds: BUDGET_SECONDS },
    created_at: now,
  });
}

/** Gives every demo scope without a schedule the demo's; a start that scans once takes that away, so that nothing else runs meanwhile. */
export async function scheduleDemo(storage: Pick<Storage, 'scopes'>, schedules: Schedules, scheduled: boolean): Promise<void> {
  for (const demo of DEMO_SCOPES) {
    const request = { scope_id: scopeId(demoScopeId(demo)), tenant_hint: tenantId(demo.tenant), by: 'demo' };
    const schedule = (await storage.scopes.get(request.tenant_hint, request.scope_id)).schedule ?? null;
    if (scheduled && schedule === null) await schedules.set(request, DEMO_SCHEDULE);
    else if (!scheduled && schedule?.kind === 'interval' && schedule.every_seconds === DEMO_SCHEDULE.every_seconds)
      await schedules.set(request, null);
    else await schedules.apply(request.scope_id);
  }
}
