import { describe, expect, it } from 'vitest';
import { problemSchema } from '../../api/schemas/common.ts';
import { startedSchema } from '../../api/schemas/run.ts';
import { AWS_MAIN } from '../ui/records.ts';
import { appUnderTest, STARTED } from './app-under-test.ts';

const PATH = '/api/v1/ingest/normalized-graph';
const send = (
  type: string | null,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null,
  headers: Record<string, string> = {},
): RequestInit =>
  ({ method: 'POST', body, duplex: 'half', headers: { ...(type === null ? {} : { 'content-type': type }), ...headers } }) as RequestInit;

const endless = (chunks: number): ReadableStream<Uint8Array> => {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent === chunks) return controller.close();
      sent += 1;
      controller.enqueue(new Uint8Array(1024));
    },
  });
};

describe('POST /api/v1/ingest/normalized-graph', () => {
  it.each(['application/json', 'application/x-ndjson', 'Application/JSON; charset=utf-8'])(
    'API-01: takes %s as a stream and answers where the run will be',
    async (type) => {
      const { app, asked } = appUnderTest();
      const answer = await app.request(`${PATH}?instance_id=${AWS_MAIN}`, send(type, endless(300), { 'idempotency-key': 'seed-1' }));
      expect(answer.status).toBe(202);
      expect(startedSchema.parse(await answer.json()).run_id).toBe(STARTED.run_id);
      expect(asked.ingests).toEqual([
        {
          instance_id: AWS_MAIN,
          tenant_hint: null,
          contentType: type.split(';')[0]?.toLowerCase(),
          complete: [],
          userId: 'local-operator',
          idempotencyKey: 'seed-1',
          bytes: 300 * 1024,
        },
      ]);
    },
  );

  it('RUN-13 CRED-05: names a registered instance; a tenant beside it is only handed on to be compared', async () => {
    const { app, asked } = appUnderTest();
    const without = await app.request(PATH, send('application/json', '{}'));
    expect(problemSchema.parse(await without.json()).problems.map(({ field }) => field)).toEqual(['query.instance_id']);
    await app.request(`${PATH}?instance_id=${AWS_MAIN}&tenant_id=globex`, send('application/json', '{}'));
    expect(asked.ingests).toEqual([expect.objectContaining({ instance_id: AWS_MAIN, tenant_hint: 'globex' })]);
  });

  it('refuses other types, encodings, missing bodies and unknown parameters before the port is asked', async () => {
    const { app, asked } = appUnderTest();
    const at = `${PATH}?instance_id=${AWS_MAIN}`;
    expect((await app.request(at, send('text/plain', '{}'))).status).toBe(415);
    expect((await app.request(at, send(null, new Uint8Array([123, 125])))).status).toBe(415);
    expect((await app.request(at, send('application/json', '{}', { 'content-encoding': 'gzip' }))).status).toBe(415);
    expect((await app.request(at, send('application/json', null))).status).toBe(400);
    expect((await app.request(`${at}&tenant=acme`, send('application/json', '{}'))).status).toBe(400);
    expect(asked.ingests).toEqual([]);
  });

  it('stops reading one byte above the limit, whatever the sender declared', async () => {
    const { app, asked } = appUnderTest({ deps: { limits: { bodyBytes: 1024, ingestBytes: 10 * 1024 } } });
    const at = `${PATH}?instance_id=${AWS_MAIN}`;
    expect((await app.request(at, send('application/json', endless(10)))).status).toBe(202);
    const streamed = await app.request(at, send('application/json', endless(11)));
    expect(streamed.status).toBe(413);
    expect(problemSchema.parse(await streamed.json()).code).toBe('BODY_TOO_LARGE');
    const declared = await app.request(at, send('application/json', '{}', { 'content-length': '99999999' }));
    expect(declared.status).toBe(413);
    expect(asked.ingests).toHaveLength(1);
  });
});
