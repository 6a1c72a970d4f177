import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopeId, type ScopeId, type TenantId } from '../../domain/ids.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

const NOISY = 100;
const QUIET = 5;

let pipeline: TestPipeline;
let quiet: TenantId;
const scopes: Record<string, ScopeId[]> = { noisy: [], quiet: [] };
beforeAll(async () => {
  pipeline = await openPipeline({ worker: false });
  for (const [name, count] of [
    ['noisy', NOISY],
    ['quiet', QUIET],
  ] as const) {
    for (let index = 0; index < count; index += 1) {
      const { tenant, scope } = await pipeline.probeScope({ tenant: `${name}-tenant`, scope: `s${index}` });
      scopes[name]?.push(scopeId(scope));
      if (name === 'quiet') quiet = tenant;
    }
  }
});
afterAll(() => pipeline.close());

describe('a tenant with hundreds of queued scans', { timeout: 240_000 }, () => {
  it('RUN-13: does not starve another: the quiet tenant’s five are among the first whose connectors run', async () => {
    await Promise.all((scopes['noisy'] ?? []).map(pipeline.start));
    await Promise.all((scopes['quiet'] ?? []).map(pipeline.start));
    // Everything is queued, the quiet tenant's last; only now there is somebody who works.
    await pipeline.startWorker({ maxConnectors: 2 });
    const collected = () =>
      pipeline.storage.collections.scanRuns
        .find({ collected_at: { $ne: null } }, { projection: { tenant_id: 1, collected_at: 1 } })
        .sort({ collected_at: 1, _id: 1 })
        .toArray();
    await expect
      .poll(async () => (await collected()).filter((run) => run.tenant_id === quiet).length, { timeout: 200_000, interval: 250 })
      .toBe(QUIET);
    const order = (await collected()).map((run) => run.tenant_id);
    const places = order.flatMap((tenant, index) => (tenant === quiet ? [index + 1] : []));
    process.stdout.write(`places of the quiet tenant among ${NOISY + QUIET}: ${places.join(', ')}\n`);
    // In order of arrival they would be the last five; in turn with the noisy tenant the fifth is the tenth.
    expect(places.at(-1)).toBeLessThanOrEqual(3 * QUIET);
  });
});
