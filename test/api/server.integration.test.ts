import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { isLoopbackHost } from '../../api/loopback.ts';
import { networkOf } from '../../api/network.ts';
import { type RunningServer, startServer } from '../../api/server.ts';
import { problemSchema } from '../../api/schemas/common.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { AWS_MAIN } from '../ui/records.ts';
import { appUnderTest } from './app-under-test.ts';

const running: RunningServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});
async function start(over: Partial<Parameters<typeof startServer>[0]> = {}): Promise<RunningServer> {
  const server = await startServer({ app: appUnderTest().app, host: '127.0.0.1', port: 0, issuerConfigured: false, ...over });
  running.push(server);
  return server;
}

/** A raw request: fetch would not let us say another host. */
function statusWithHost(server: RunningServer, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, path: '/healthz', headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('startServer', () => {
  it.each([
    '0.0.0.0',
    '::',
    '[::]',
    '10.0.0.5',
    '192.168.1.4',
    'example.com',
    '',
    '127.0.0.1.evil.example',
    '0',
    '2130706433',
    '::ffff:0.0.0.0',
  ])('API-07: without an issuer, %j is not bound', async (host) => {
    const refused = await start({ host, settings: { host: 'SV0_API_HOST', port: 'SV0_API_PORT' } }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidInputError);
    expect(refused).toMatchObject({ code: 'BIND_REFUSED', field: 'SV0_API_HOST' });
  });

  it.each(['localhost', '127.0.0.1', '127.0.0.2', '::1', '[::1]'])('API-07: %s is loopback', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it('API-07: serves on loopback, on a free port when told 0, and checks the host of real requests', async () => {
    const server = await start();
    expect(server.port).toBeGreaterThan(0);
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(await statusWithHost(server, 'rebound.example')).toBe(421);
    expect(await statusWithHost(server, `localhost:${server.port}`)).toBe(200);
  });

  it('a taken port is an input error that names the setting; another server moves on with 0', async () => {
    const first = await start();
    const refused = await start({ port: first.port, settings: { host: 'SV0_API_HOST', port: 'SV0_API_PORT' } }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(InvalidInputError);
    expect(refused).toMatchObject({ code: 'PORT_UNAVAILABLE', field: 'SV0_API_PORT' });
    expect((await start({ port: 0 })).port).not.toBe(first.port);
  });

  it('API-01: a body above the limit is refused over a real connection too', async () => {
    const { app, asked } = appUnderTest({ deps: { limits: { bodyBytes: 1024, ingestBytes: 100_000 } } });
    const server = await start({ app });
    const send = (body: string): Promise<Response> =>
      fetch(`${server.url}/api/v1/ingest/normalized-graph?instance_id=${AWS_MAIN}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body,
      });
    expect((await send('x'.repeat(100_000))).status).toBe(202);
    expect((await send('x'.repeat(100_001))).status).toBe(413);
    expect(asked.ingests.map(({ bytes }) => bytes)).toEqual([100_000]);
  });

  it('API-07: behind a proxy of ours each caller of a real connection has a limit of his own; without one the header is nothing', async () => {
    const limits = { bodyBytes: 1_024, ingestBytes: 1_024, rates: { reads: 9, writes: 9, strangers: 1 } };
    const strangers = { callers: { callerOf: async () => null }, limits };
    const proxy = networkOf('127.0.0.1') ?? expect.unreachable();
    const [behind, open] = [
      await start({ app: appUnderTest({ deps: { ...strangers, trustedProxies: [proxy] } }).app }),
      await start({ app: appUnderTest({ deps: strangers }).app }),
    ];
    const asked = async ({ url }: RunningServer, from: string) =>
      (await fetch(`${url}/api/v1/tenants`, { headers: { 'x-forwarded-for': from } })).status;
    expect([await asked(behind, '192.0.2.1'), await asked(behind, '192.0.2.1'), await asked(behind, '192.0.2.2')]).toEqual([401, 429, 401]);
    expect([await asked(open, '192.0.2.1'), await asked(open, '192.0.2.2')]).toEqual([401, 429]);
  });

  it('API-06: what the HTTP parser itself refuses is a problem too', async () => {
    const server = await start();
    const answer = await fetch(`${server.url}/api/v1/tenants?cursor=${'x'.repeat(20_000)}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([431, 'application/problem+json']);
    expect(problemSchema.parse(await answer.json())).toMatchObject({ status: 431, code: 'HEADERS_TOO_LARGE' });
  });

  it('stops listening when closed', async () => {
    const server = await startServer({ app: appUnderTest().app, host: '127.0.0.1', port: 0, issuerConfigured: false });
    await server.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('OPS-01: closing ends live pages and long polls, and waits for a write that is on its way', async () => {
    const steps = new EventEmitter();
    const [arrived, finish] = [once(steps, 'arrived'), once(steps, 'finish')];
    const page = () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from(': live\n\n')) }));
    const write = async (): Promise<Response> => {
      steps.emit('arrived');
      await finish;
      return new Response('written');
    };
    const app = { fetch: (asked: Request) => (asked.method === 'GET' ? page() : write()) };
    const server = await startServer({ app, host: '127.0.0.1', port: 0, issuerConfigured: false });
    const live = await fetch(server.url);
    const written = fetch(server.url, { method: 'POST' }).then((answer) => answer.text());
    await arrived;
    const closed = server.close();
    await expect(live.text()).rejects.toThrow('terminated');
    steps.emit('finish');
    expect(await written).toBe('written');
    await closed;
  });
});
