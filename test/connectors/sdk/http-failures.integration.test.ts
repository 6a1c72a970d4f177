import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createSourceHttp } from '../../../connectors/sdk/http.ts';
import { client, failure, fakeClock, json, script, serve } from './scripted-source.ts';

describe('failures', () => {
  it.each([
    [400, 'SOURCE_REQUEST_REFUSED', 'persistent', 'engineer'],
    [401, 'SOURCE_CREDENTIALS_REFUSED', 'persistent', 'customer'],
    [403, 'SOURCE_PERMISSION_DENIED', 'persistent', 'customer'],
    [404, 'SOURCE_NOT_FOUND', 'persistent', 'customer'],
    [422, 'SOURCE_REQUEST_REFUSED', 'persistent', 'engineer'],
    [500, 'SOURCE_UNAVAILABLE', 'transient', 'nobody'],
    [501, 'SOURCE_ERROR', 'persistent', 'engineer'],
    [503, 'SOURCE_UNAVAILABLE', 'transient', 'nobody'],
  ])('RUN-17: HTTP %s is %s, %s, for the %s', async (status, code, failureClass, actor) => {
    const { url } = await script(json({ message: 'CANARY-body' }, status));
    const error = await failure(client(url, { retry: { attempts: 2 } }).get('/thing', { query: { q: 'CANARY-query' } }));
    expect(error).toMatchObject({ name: 'SourceError', code, class: failureClass, actor, subject: '/thing', status });
    expect(JSON.stringify(error)).not.toContain('CANARY');
  });

  it('RUN-17: retries 5xx with doubled waits, then gives the result', async () => {
    const { url, requests } = await script(json({}, 500), json({}, 502), json({}, 503, { 'retry-after': '9' }), json({ ok: true }));
    const clock = fakeClock();
    const lines: string[] = [];
    await expect(client(url, { clock, log: (line) => lines.push(line) }).get('/x', { query: { q: 'CANARY' } })).resolves.toMatchObject({
      body: { ok: true },
    });
    expect(clock.waits).toEqual([500, 1_000, 9_000]);
    expect(requests).toHaveLength(4);
    expect(lines).toHaveLength(3);
    expect(lines.join()).not.toContain('CANARY');
  });

  it('retries a connection that breaks, before or inside the body, and bounds it', async () => {
    const cut: RequestListener = (request) => request.socket.destroy();
    const cutInside: RequestListener = (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":', () => request.socket.destroy());
    };
    const broken = await script(cut, cutInside, json({ ok: true }));
    await expect(client(broken.url).get('/')).resolves.toMatchObject({ body: { ok: true } });
    const dead = await script(cut);
    await expect(failure(client(dead.url, { retry: { attempts: 3 } }).get('/'))).resolves.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      class: 'transient',
    });
    expect(dead.requests).toHaveLength(3);
  });

  it('counts a source that does not answer in time as unreachable for now', async () => {
    const { url } = await script(() => undefined, json({ ok: true }));
    await expect(client(url, { requestTimeoutMs: 60 }).get('/')).resolves.toMatchObject({ body: { ok: true } });
    const silent = await script(() => undefined);
    await expect(failure(client(silent.url, { requestTimeoutMs: 40, retry: { attempts: 2 } }).get('/'))).resolves.toMatchObject({
      class: 'transient',
    });
  });

  it('RUN-17: a host name that does not exist is persistent; a resolver that fails for the moment is tried again', async () => {
    const unknown = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    await expect(failure(client('https://nowhere.example', { resolver: unknown }).get('/'))).resolves.toMatchObject({
      code: 'SOURCE_HOST_NOT_FOUND',
      class: 'persistent',
      actor: 'customer',
    });
    let asked = 0;
    const flaky = () => Promise.reject(Object.assign(new Error('x'), { code: ++asked > 0 ? 'EAI_AGAIN' : '' }));
    await expect(failure(client('https://nowhere.example', { resolver: flaky, retry: { attempts: 3 } }).get('/'))).resolves.toMatchObject({
      class: 'transient',
    });
    expect(asked).toBe(3);
  });

  it('RUN-17: a server that does not speak TLS, or is not who it should be, is persistent and not tried again', async () => {
    const { url, requests } = await script(json({}));
    const clock = fakeClock();
    const error = await failure(client(url.replace('http:', 'https:'), { clock }).get('/'));
    expect(error).toMatchObject({ code: 'SOURCE_TLS_FAILED', class: 'persistent', actor: 'operator' });
    expect([clock.waits, requests]).toEqual([[], []]);
  });
});

describe('throttles', () => {
  it('waits a minute and more when nothing says how long', async () => {
    const { url } = await script(json({}, 429), json({}, 429), json({ ok: true }));
    const clock = fakeClock();
    await client(url, { clock }).get('/');
    expect(clock.waits).toEqual([60_000, 120_000]);
  });

  it('honours Retry-After, a used-up limit on a 403, and a throttle that only the body shows', async () => {
    const clock = fakeClock();
    const reset = String(Math.floor(clock.now() / 1000) + 30);
    const { url, requests } = await script(
      json({}, 429, { 'retry-after': '5' }),
      json({}, 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
      json({ message: 'You have exceeded a secondary rate limit' }, 403),
      json({ ok: true }),
    );
    const isThrottle = (_status: number, _headers: unknown, body: unknown): boolean => JSON.stringify(body).includes('secondary');
    await client(url, { clock, isThrottle }).get('/', { accept: [403] });
    expect(clock.waits[0]).toBe(5_000);
    expect(clock.waits[1]).toBeGreaterThan(20_000);
    expect(clock.waits[2]).toBe(240_000);
    expect(requests).toHaveLength(4);
  });

  it('holds all requests back while one is throttled', async () => {
    let blockedUntil = 0;
    let early = 0;
    const url = await serve((request, response) => {
      if (Date.now() < blockedUntil) early += 1;
      if (request.url === '/first' && blockedUntil === 0) {
        blockedUntil = Date.now() + 1_000;
        json({}, 429, { 'retry-after': '1' })(request, response);
      } else json({})(request, response);
    });
    const http = createSourceHttp({ baseUrl: url, authorize: null, userAgent: 'test', allowPrivate: true, concurrency: 1 });
    await Promise.all([http.get('/first'), http.get('/second'), http.get('/third')]);
    const wide = createSourceHttp({ baseUrl: url, authorize: null, userAgent: 'test', allowPrivate: true, concurrency: 4 });
    blockedUntil = 0;
    const first = wide.get('/first');
    // oxlint-disable-next-line no-unmodified-loop-condition -- the server sets it
    while (blockedUntil === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all([first, wide.get('/second'), wide.get('/third')]);
    expect(early).toBe(0);
  });

  it('RUN-12: does not begin a wait that would pass the deadline or its budget, but reports at once', async () => {
    const { url } = await script(json({}, 429, { 'retry-after': '3600' }));
    const clock = fakeClock();
    const throttled = { code: 'SOURCE_THROTTLED', class: 'transient', actor: 'nobody', status: 429 };
    await expect(
      failure(client(url, { clock, deadlineAt: clock.now() + 60_000, retry: { maxWaitMs: 10_000_000 } }).get('/')),
    ).resolves.toMatchObject(throttled);
    await expect(failure(client(url, { clock, retry: { maxWaitMs: 60_000 } }).get('/'))).resolves.toMatchObject(throttled);
    expect(clock.waits).toEqual([]);
  });

  it('gives up on a source that throttles for ever', async () => {
    const { url, requests } = await script(json({}, 429, { 'retry-after': '0' }));
    await expect(failure(client(url, { retry: { throttleAttempts: 3 } }).get('/'))).resolves.toMatchObject({ code: 'SOURCE_THROTTLED' });
    expect(requests).toHaveLength(4);
  });
});

describe('aborting', () => {
  it('ends a wait and a request in flight with the reason of the signal', async () => {
    const reason = new Error('deadline');
    for (const step of [json({}, 429, { 'retry-after': '60' }), () => undefined] as RequestListener[]) {
      const { url, requests } = await script(step);
      const abort = new AbortController();
      const http = createSourceHttp({ baseUrl: url, authorize: null, userAgent: 'test', allowPrivate: true });
      const work = http.under(abort.signal).get('/');
      while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      abort.abort(reason);
      await expect(work).rejects.toBe(reason);
      await expect(http.under(abort.signal).get('/')).rejects.toBe(reason);
      expect(requests).toHaveLength(1);
    }
  });
});
