/** The end of a tenant, with everything that it could have: a schedule, a run in flight, a stored credential, an open intake link. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Administration } from '../../api/administration.ts';
import { createAdministration } from '../../cli/compose/administration/index.ts';
import { createSchedules } from '../../cli/compose/schedules.ts';
import { instanceId } from '../../domain/ids.ts';
import { scanScheduleId } from '../../workflows/messages.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

let pipeline: TestPipeline;
let admin: Administration;

beforeAll(async () => {
  pipeline = await openPipeline();
  const { client, queues, storage, registry, control } = pipeline;
  const now = (): Date => new Date();
  const schedules = createSchedules({ client, queues, storage, now });
  const credentials = pipeline.credentials.store;
  admin = createAdministration({ storage, registry, schedules, control, credentials, audit: storage.audit, now });
});
afterAll(() => pipeline.close());

const edit = (tenant: Parameters<typeof admin.tenants.edit>[0], status: 'active' | 'suspended' | 'offboarded') =>
  admin.tenants.edit(tenant, { status }, { tenant_hint: tenant, version: null, by: 'test' });
const isScheduled = (scope: Parameters<typeof scanScheduleId>[0]): Promise<boolean> =>
  pipeline.client.schedule
    .getHandle(scanScheduleId(scope))
    .describe()
    .then(
      () => true,
      () => false,
    );

describe('offboarding', () => {
  it('CRED-12 CRED-05: keys are destroyed, schedules go, the run in flight is stopped, links are closed; again, it goes on', async () => {
    const { storage, control, credentials } = pipeline;
    const { tenant, scope } = await pipeline.probeScope({ params: { mode: 'slow' } });
    const other = await pipeline.probeScope();
    const instance = instanceId(`${tenant}-probe`);
    const fields = { token: 'a-stored-token-of-the-tenant' };
    for (const owner of [tenant, other.tenant])
      await credentials.store.put(owner, instanceId(`${owner}-probe`), { kind: 'probe_token', fields }, 'test');
    const { token } = await credentials.intake.create(tenant, instance, { kind: 'probe_token', hours: 1 }, 'test');
    await admin.scopes.schedule(scope, { kind: 'interval', every_seconds: 86_400 }, { tenant_hint: tenant, version: null, by: 'test' });
    expect(await isScheduled(scope)).toBe(true);

    // A suspension takes the schedule from Temporal, and coming back brings it again.
    await edit(tenant, 'suspended');
    expect(await isScheduled(scope)).toBe(false);
    await edit(tenant, 'active');
    expect(await isScheduled(scope)).toBe(true);

    const start = { tenant_hint: tenant, trigger_type: 'manual_api', source: 'cli', user_id: 'test', override_cooldown: false } as const;
    const started = await control.start({ ...start, scope_id: scope, idempotency_key: null });
    await vi.waitUntil(async () => (await storage.runs.find(tenant, started.run_id)) !== null, { timeout: 60_000 });

    for (const _ of ['once', 'and again']) expect(await edit(tenant, 'offboarded')).toMatchObject({ status: 'offboarded' });
    await control.result(started);
    expect(await storage.runs.get(tenant, started.run_id)).toMatchObject({ status: 'failed' });
    expect(await isScheduled(scope)).toBe(false);
    expect(await storage.collections.storedCredentials.countDocuments({ tenant_id: tenant })).toBe(0);
    expect(await storage.credentials.state(tenant, instance)).toMatchObject({ state: 'deleted' });
    await expect(credentials.intake.describe(token)).rejects.toMatchObject({ name: 'NotFoundError' });
    await expect(edit(tenant, 'active')).rejects.toMatchObject({ code: 'TENANT_OFFBOARDED' });
    expect(await storage.audit.verify(tenant)).toMatchObject({ intact: true });
    // Another tenant has what it had.
    expect(await storage.credentials.state(other.tenant, instanceId(`${other.tenant}-probe`))).toMatchObject({ state: 'active' });
  });
});
