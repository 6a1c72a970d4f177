import { randomUUID } from 'node:crypto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GateControl, StartGate } from '../../api/ports.ts';
import { createGateControl } from '../../cli/compose/gate-control.ts';
import { createWorkerVersions } from '../../cli/compose/worker-versions.ts';
import { BUILDER_VERSION } from '../../domain/gate/stages.ts';
import { tenantId, type TenantId } from '../../domain/ids.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

let pipeline: TestPipeline;
let gates: GateControl;
let tenant: TenantId;
beforeAll(async () => {
  pipeline = await openPipeline();
  ({ tenant } = await pipeline.probeScope());
  gates = createGateControl({ client: pipeline.client, pipelineQueue: pipeline.queues.pipeline, storage: pipeline.storage });
});
afterAll(() => pipeline.close());

const request = (over: Partial<StartGate> = {}): StartGate => ({
  stages: ['stitched_paths', 'chains'],
  tenants: null,
  expect_builder_version: BUILDER_VERSION,
  user_id: 'ci@example.org',
  idempotency_key: null,
  ...over,
});
const opened = async () => {
  let count = 0;
  for await (const _ of pipeline.client.workflow.list({ query: `WorkflowType = 'rematerialize'` })) count += 1;
  return count;
};

describe('a gate through the API', () => {
  it('GATE-01 GATE-07: starts once per key, is read while it runs and when it is over', async () => {
    const asked = request({ idempotency_key: randomUUID() });
    const [first, again] = [await gates.start(asked), await gates.start(asked)];
    expect(again).toEqual(first);
    await expect(gates.start({ ...asked, stages: ['chains'] })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    // Another caller's key of the same words is another key.
    expect((await gates.start({ ...asked, user_id: 'somebody@example.org' })).gate_id).not.toBe(first.gate_id);
    await expect.poll(async () => (await gates.get(first.gate_id)).status, { timeout: 30_000 }).toBe('completed');
    expect(await gates.get(first.gate_id)).toMatchObject({
      workflow_id: `gate/${first.gate_id}`,
      progress: { tenants: 1, done: 1, succeeded: 1 },
      summary: { stages: ['chains', 'stitched_paths'], tenants: 1, failed: 0 },
      failure: null,
    });
    await expect
      .poll(async () => pipeline.storage.collections.scanRuns.countDocuments({ status: 'succeeded' }), { timeout: 30_000 })
      .toBe(2);
  });

  it('GATE-01 GATE-06: a refusal is an answer at the field, and nothing is started', async () => {
    const before = await opened();
    await expect(gates.start(request({ stages: ['findings'] }))).rejects.toMatchObject({ field: 'stages' });
    await expect(gates.start(request({ stages: [] }))).rejects.toMatchObject({ field: 'stages' });
    const nobody = tenantId('nobody');
    await expect(gates.start(request({ tenants: [tenant, nobody] }))).rejects.toMatchObject({
      code: 'TENANT_NOT_ACTIVE',
      problems: [{ field: 'tenants[nobody]', expected: 'a tenant that exists' }],
    });
    await expect(gates.start(request({ expect_builder_version: 'chain-builder/0' }))).rejects.toMatchObject({
      name: 'ConflictError',
      code: 'BUILDER_VERSION_MISMATCH',
      field: 'expect_builder_version',
    });
    for (const id of [randomUUID(), 'a/batch/0', '', '../x']) await expect(gates.get(id)).rejects.toMatchObject({ name: 'NotFoundError' });
    expect(await opened()).toBe(before);
  });

  it('GATE-06: any worker of the queue counts, by its own word, until it has been silent for a while', { timeout: 60_000 }, async () => {
    const pipelineQueue = `versions-${randomUUID()}`;
    const connection = await NativeConnection.connect({ address: process.env['SV0_TEST_TEMPORAL_ADDRESS'] ?? '' });
    const workerOf = (buildId: string) =>
      Worker.create({
        connection,
        namespace: pipeline.namespace,
        taskQueue: pipelineQueue,
        activities: { nothing: () => Promise.resolve() },
        workerDeploymentOptions: { version: { deploymentName: 'sv0', buildId }, useWorkerVersioning: false },
      });
    const versions = createWorkerVersions(pipeline.client, pipelineQueue);
    expect(await versions.list()).toEqual([]);
    const [older, newer] = [await workerOf('older/1'), await workerOf(BUILDER_VERSION)];
    const running = [older.run(), newer.run()];
    try {
      await expect.poll(() => versions.list(), { timeout: 15_000 }).toEqual([BUILDER_VERSION, 'older/1'].sort());
      const here = createGateControl({ client: pipeline.client, pipelineQueue, storage: pipeline.storage });
      await expect(here.start(request())).rejects.toMatchObject({ code: 'BUILDER_VERSION_MISMATCH' });
      older.shutdown();
      await running[0];
      // It may still have been finishing a stage: it counts for some heartbeats more.
      await expect.poll(() => versions.list(), { timeout: 30_000, interval: 500 }).toEqual([BUILDER_VERSION]);
    } finally {
      newer.shutdown();
      await Promise.all(running);
      await connection.close();
    }
  });
});
