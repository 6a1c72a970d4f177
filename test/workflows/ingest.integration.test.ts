import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIngestService } from '../../cli/compose/ingest-service.ts';
import { ingestScopeId, instanceId } from '../../domain/ids.ts';
import { STAGE_CELLS } from '../../domain/runs/types.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

let pipeline: TestPipeline;
beforeAll(async () => {
  pipeline = await openPipeline();
});
afterAll(async () => {
  await pipeline.close();
});

const entity = (tenant: string, index: number, more: object = {}) => ({
  type: 'identity',
  subtype: 'probe',
  source_system: 'probe',
  source_tenant: `source-${tenant}`,
  native_id: `things-${index}`,
  display_name: `thing ${index}`,
  category: 'things',
  props: { index },
  join_keys: [],
  ...more,
});

const document = (tenant: string, entities: readonly object[]) => ({
  schema: 'sv0.normalized-graph/1',
  source_system: 'probe',
  source_tenant: `source-${tenant}`,
  entities,
  edges: [],
});

async function ingest(tenant: string, body: string, complete: readonly string[] = []) {
  const started = await pipeline.ingest.accept({
    instance_id: instanceId(`${tenant}-probe`),
    tenant_hint: null,
    body: Readable.from([Buffer.from(body)]),
    contentType: 'application/json',
    complete,
    userId: 'test',
    idempotencyKey: null,
  });
  return { started, result: await pipeline.control.result(started) };
}

describe('ingest of a normalized graph', () => {
  it('API-01 RUN-16: goes through the same pipeline from sync on, on a synthesised manual_api run', async () => {
    const { tenant } = await pipeline.probeScope();
    const { started, result } = await ingest(tenant, JSON.stringify(document(tenant, [entity(tenant, 1), entity(tenant, 2)])));
    expect(result).toMatchObject({ run_id: started.run_id, status: 'succeeded' });
    const run = await pipeline.run(tenant, started.run_id);
    expect(run).toMatchObject({
      scope_id: `ingest:${tenant}-probe`,
      trigger: { type: 'manual_api', source: 'ingest', triggered_by_user_id: 'test' },
    });
    expect(Object.keys(run.category_results).sort()).toEqual([...STAGE_CELLS].sort());
    expect(run.category_results['__sync']).toMatchObject({ status: 'succeeded', items_scanned: 2 });
  });

  it.each([
    ['an unknown type', { type: 'spaceship' }, /entities\[1\]\.type/],
    ['a hostile key', { props: { ['__proto__x']: 1, ['$where']: 1 } }, /entities\[1\]\.props/],
    ['another source system', { source_system: 'aws' }, /entities\[1\]\.source_system/],
    ['a category that the connector does not declare', { category: 'secrets' }, /entities\[1\]\.category/],
  ])('API-01 DATA-01: %s is refused with the field, and nothing is left behind', async (_, wrong, field) => {
    const { tenant } = await pipeline.probeScope();
    const body = JSON.stringify(document(tenant, [entity(tenant, 1), entity(tenant, 2, wrong)]));
    await expect(ingest(tenant, body)).rejects.toMatchObject({ name: 'InvalidInputError', field: expect.stringMatching(field) as string });
    expect(await pipeline.storage.runs.list(tenant)).toEqual([]);
    expect((await pipeline.storage.counts.of(tenant)).entities).toBe(0);
    expect(await pipeline.storage.connection.db.collection('artifacts.files').countDocuments({ 'metadata.tenant_id': tenant })).toBe(0);
  });

  it('DATA-03: what a newer graph does not hold goes only in the categories that its sender called complete', async () => {
    const { tenant } = await pipeline.probeScope();
    const other = entity(tenant, 9, { native_id: 'others-9', category: 'others' });
    const entities = async (): Promise<number> => (await pipeline.storage.counts.of(tenant)).entities;
    await ingest(tenant, JSON.stringify(document(tenant, [entity(tenant, 1), entity(tenant, 2), other])));
    await ingest(tenant, JSON.stringify(document(tenant, [entity(tenant, 1)])));
    expect(await entities()).toBe(3);
    await ingest(tenant, JSON.stringify(document(tenant, [entity(tenant, 1)])), ['things']);
    expect(await entities()).toBe(2);
    await expect(ingest(tenant, '{}', ['secrets'])).rejects.toMatchObject({ code: 'UNKNOWN_CATEGORY', field: 'complete' });
  });

  it('CRED-05: an instance that is not there, or of another tenant than was named, is not found', async () => {
    const { tenant } = await pipeline.probeScope();
    await expect(ingest('nobody', '{}')).rejects.toMatchObject({ name: 'NotFoundError' });
    const named = {
      tenant_hint: (await pipeline.probeScope()).tenant,
      body: Readable.from([]),
      contentType: 'application/json' as const,
      complete: [],
      userId: 'test',
      idempotencyKey: null,
    };
    await expect(pipeline.ingest.accept({ instance_id: instanceId(`${tenant}-probe`), ...named })).rejects.toMatchObject({
      name: 'NotFoundError',
    });
  });

  it('API-01 RUN-15: a start that Temporal did and gave no answer to keeps its graph: the same request again finds the run that it began', async () => {
    const { tenant } = await pipeline.probeScope();
    const { client, queues, storage, registry } = pipeline;
    const unanswered = {
      start: async (...args: Parameters<typeof client.workflow.start>) => {
        await client.workflow.start(...args);
        throw new Error('4 DEADLINE_EXCEEDED');
      },
    };
    const lossy = createIngestService({ client: { workflow: unanswered } as never, queues, storage, registry, now: () => new Date() });
    const request = () => ({
      instance_id: instanceId(`${tenant}-probe`),
      tenant_hint: null,
      body: Readable.from([Buffer.from(JSON.stringify(document(tenant, [entity(tenant, 1)])))]),
      contentType: 'application/json' as const,
      complete: [],
      userId: 'test',
      idempotencyKey: 'once',
    });
    await expect(lossy.accept(request())).rejects.toThrow('DEADLINE_EXCEEDED');
    expect(await pipeline.control.result(await pipeline.ingest.accept(request()))).toMatchObject({ status: 'succeeded' });
    expect(await storage.runs.list(tenant)).toHaveLength(1);
  });

  it('API-01: a category that the connector has declared since the first ingest is taken', async () => {
    const { tenant } = await pipeline.probeScope();
    const { storage } = pipeline;
    await storage.scopes.ensure(tenant, {
      _id: ingestScopeId(instanceId(`${tenant}-probe`)),
      instance_id: instanceId(`${tenant}-probe`),
      kind: 'ingest',
      name: 'of an older version',
      categories: ['others'],
      budget: { max_runtime_seconds: 60 },
      created_at: new Date(),
    });
    const { result } = await ingest(tenant, JSON.stringify(document(tenant, [entity(tenant, 1)])), ['things']);
    expect(result).toMatchObject({ status: 'succeeded' });
    expect((await storage.coverage.list(tenant)).filter(({ category }) => category === 'things')).toContainEqual(
      expect.objectContaining({ scope_id: `ingest:${tenant}-probe`, status: 'complete' }),
    );
  });

  it('FLOW-10: no stage of a large graph blocks the event loop of the worker for as long as a heartbeat', async () => {
    const { tenant } = await pipeline.probeScope();
    const body = JSON.stringify(
      document(
        tenant,
        Array.from({ length: 8_000 }, (_, index) => entity(tenant, index)),
      ),
    );
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const { result } = await ingest(tenant, body);
    delay.disable();
    const longestMs = Math.round(delay.max / 1e6);
    process.stdout.write(`longest block of the event loop while 8,000 entities went through: ${longestMs} ms\n`);
    expect(result).toMatchObject({ status: 'succeeded' });
    // The heartbeat timeout of these stages is 5 s, sent three times in it.
    expect(longestMs).toBeLessThan(1_600);
  });
});
