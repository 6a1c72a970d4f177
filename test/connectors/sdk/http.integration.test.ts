import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createSourceHttp, type SourceHttpOptions, staticAuthorization } from '../../../connectors/sdk/http.ts';
import type { Clock } from '../../../connectors/sdk/http/retry.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers the requests in turn; the last answer again and again. Counts what came. */
async function script(...steps: RequestListener[]): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    requests.push(request);
    steps[Math.min(requests.length, steps.length) - 1]?.(request, response);
  });
  return { url, requests };
}

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** Time that only passes by waiting. */
function fakeClock(): Clock & { waits: number[] } {
  let now = Date.now();
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
}

const client = (baseUrl: string, options: Partial<SourceHttpOptions> = {}) =>
  createSourceHttp({
    baseUrl,
    authorize: staticAuthorization('Bearer CANARY-token'),
    userAgent: 'test',
    allowPrivate: true,
    clock: fakeClock(),
    ...options,
  });

const failure = async (work: Promise<unknown>): Promise<Record<string, unknown>> => {
  try {
    await work;
  } catch (error) {
    return { ...(error as object), message: (error as Error).message, name: (error as Error).name };
  }
  throw new Error('it did not fail');
};

describe('reading', () => {
  it('sends the credential and the query below the base path, and gives status, headers and JSON', async () => {
    const { url, requests } = await script(json({ a: 1 }, 200, { 'x-total-count': '3' }));
    const answer = await client(`${url}/api/v3/`).get('/orgs/x', {
      query: { q: 'a b+c', none: undefined, n: 2 },
      headers: { 'x-extra': 'y' },
    });
    expect(answer).toMatchObject({ status: 200, body: { a: 1 }, headers: { 'x-total-count': '3' } });
    expect(requests[0]?.url).toBe('/api/v3/orgs/x?q=a%20b%2Bc&n=2');
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer CANARY-token', 'user-agent': 'test', 'x-extra': 'y' });
  });

  it('unpacks gzip, and measures it unpacked', async () => {
    const bomb = gzipSync(Buffer.from(JSON.stringify('a'.repeat(200_000))));
    const { url } = await script((_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    await expect(client(url).get('/')).resolves.toMatchObject({ body: 'a'.repeat(200_000) });
    await expect(failure(client(url, { maxResponseBytes: 100_000 }).get('/'))).resolves.toMatchObject({
      code: 'SOURCE_RESPONSE_TOO_LARGE',
    });
  });

  it('stops an answer that never ends at the limit', async () => {
    let sent = 0;
    const { url } = await script((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await expect(failure(client(url, { maxResponseBytes: 300_000 }).get('/big'))).resolves.toMatchObject({
      name: 'SourceError',
      code: 'SOURCE_RESPONSE_TOO_LARGE',
      class: 'persistent',
      subject: '/big',
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  it('types an answer that is not JSON, and quotes nothing of it', async () => {
    const { url } = await script((_request, response) => void response.end('<html>CANARY-body</html>'));
    const error = await failure(client(url).get('/x', { query: { secret: 'CANARY-query' } }));
    expect(error).toMatchObject({ code: 'SOURCE_MALFORMED_RESPONSE', subject: '/x' });
    expect(JSON.stringify(error)).not.toContain('CANARY');
  });

  it('takes an empty body for null, and an accepted status for an answer', async () => {
    const { url } = await script(
      (_request, response) => void response.writeHead(204).end(),
      (_request, response) => void response.writeHead(404).end('gone'),
    );
    await expect(client(url).get('/')).resolves.toMatchObject({ status: 204, body: null });
    await expect(client(url).get('/', { accept: [404] })).resolves.toMatchObject({ status: 404, body: null });
  });
});

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

describe('credentials', () => {
  const needs =
    (good: () => string): RequestListener =>
    (request, response) =>
      request.headers.authorization === good()
        ? json({ ok: true })(request, response)
        : json({ message: 'Bad credentials' }, 401)(request, response);

  it('refreshes once for all requests that a token expires under', async () => {
    let good = 't1';
    const url = await serve(needs(() => good));
    const refused: (string | null)[] = [];
    const authorize = async (value: string | null): Promise<string> => {
      if (value !== null) refused.push(value);
      return value === null && refused.length === 0 ? 't1' : 't2';
    };
    const http = client(url, { authorize });
    await http.get('/before');
    good = 't2';
    await Promise.all(Array.from({ length: 6 }, (_, index) => http.get(`/after/${index}`)));
    expect(new Set(refused)).toEqual(new Set(['t1']));
    await expect(http.get('/later')).resolves.toMatchObject({ status: 200 });
  });

  it('RUN-17: a refused credential is persistent; one that worked before is transient, because the next run gets a fresh one', async () => {
    let good = 'Bearer CANARY-token';
    const url = await serve(needs(() => good));
    const http = client(url);
    await http.get('/');
    good = 'another';
    await expect(failure(http.get('/'))).resolves.toMatchObject({ code: 'SOURCE_CREDENTIALS_EXPIRED', class: 'transient' });
    const error = await failure(client(url).get('/'));
    expect(error).toMatchObject({ code: 'SOURCE_CREDENTIALS_REFUSED', class: 'persistent', actor: 'customer', status: 401 });
    expect(JSON.stringify(error)).not.toContain('CANARY');
  });

  it('gives up after one refresh that does not help', async () => {
    const url = await serve(needs(() => 'never'));
    let mints = 0;
    await expect(failure(client(url, { authorize: async () => `t${++mints}` }).get('/'))).resolves.toMatchObject({
      code: 'SOURCE_CREDENTIALS_REFUSED',
    });
    expect(mints).toBe(2);
  });

  it('bears with a fresh token for a while, when told so', async () => {
    const { url } = await script(json({}, 401), json({}, 401), json({ ok: true }));
    const clock = fakeClock();
    await expect(client(url, { clock, retry: { freshCredentialMs: 10_000 } }).get('/')).resolves.toMatchObject({ status: 200 });
    expect(clock.waits).toEqual([1_000, 1_000]);
    const never = await script(json({}, 401));
    await expect(failure(client(never.url, { retry: { freshCredentialMs: 3_000 } }).get('/'))).resolves.toMatchObject({
      code: 'SOURCE_CREDENTIALS_REFUSED',
    });
    expect(never.requests).toHaveLength(4);
  });

  it("CONN-03: posts only to mint a token, with that request's own header", async () => {
    const seen: { method?: string; authorization?: string; type?: string; body: string }[] = [];
    const url = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      seen.push({
        ...(request.method === undefined ? {} : { method: request.method }),
        ...(request.headers.authorization === undefined ? {} : { authorization: request.headers.authorization }),
        ...(request.headers['content-type'] === undefined ? {} : { type: request.headers['content-type'] }),
        body,
      });
      json({ access_token: 'x' })(request, response);
    });
    await client(url).mint('/token', { authorization: null, form: { grant_type: 'password', a: 'b c' } });
    await client(url).mint('/token', { authorization: 'Bearer jwt', json: { permissions: {} } });
    expect(seen).toEqual([
      { method: 'POST', type: 'application/x-www-form-urlencoded', body: 'grant_type=password&a=b+c' },
      { method: 'POST', authorization: 'Bearer jwt', type: 'application/json', body: '{"permissions":{}}' },
    ]);
  });

  it.each([400, 401])('CRED-12: a refused mint (HTTP %s) is a refused credential', async (status) => {
    const { url } = await script(json({ error: 'CANARY' }, status));
    const error = await failure(client(url).mint('/token', { authorization: null, form: {} }));
    expect(error).toMatchObject({ code: 'SOURCE_CREDENTIALS_REFUSED', class: 'persistent', actor: 'customer' });
    expect(JSON.stringify(error)).not.toContain('CANARY');
  });
});

describe('staying on the origin', () => {
  const off = { code: 'SOURCE_OFF_ORIGIN', class: 'persistent', actor: 'operator' };

  it('CONN-05: follows redirects of the origin, and no other', async () => {
    let foreign = 0;
    const elsewhere = await serve((request, response) => {
      foreign += 1;
      json({})(request, response);
    });
    const { url, requests } = await script(json({}, 301, { location: '/renamed?x=1' }), json({ ok: true }));
    await expect(client(url).get('/old')).resolves.toMatchObject({ body: { ok: true } });
    expect(requests[1]?.url).toBe('/renamed?x=1');
    for (const location of [`${elsewhere}/x`, '//evil.example/', 'http://169.254.169.254/', url.replace('http://', 'http://u:p@')]) {
      const bad = await script(json({}, 302, { location }));
      await expect(failure(client(bad.url).get('/'))).resolves.toMatchObject(off);
    }
    const loop = await script(json({}, 307, { location: '/again' }));
    await expect(failure(client(loop.url).get('/'))).resolves.toMatchObject({ code: 'SOURCE_MALFORMED_RESPONSE' });
    expect(loop.requests).toHaveLength(4);
    expect(foreign).toBe(0);
  });

  it('CONN-05: follows next links of the origin, and no other', async () => {
    let foreign = 0;
    const elsewhere = await serve((request, response) => {
      foreign += 1;
      json([])(request, response);
    });
    const { url } = await script(json([1], 200, { link: `<${elsewhere}/?page=2>; rel="next"` }));
    const read = async (): Promise<unknown[]> => {
      const all: unknown[] = [];
      for await (const page of client(url).pages('/things')) all.push(...page.items);
      return all;
    };
    await expect(failure(read())).resolves.toMatchObject(off);
    await expect(failure(client(url).get(`${elsewhere}/x`))).resolves.toMatchObject(off);
    expect(foreign).toBe(0);
  });

  it('CONN-05: a name that turns to the metadata address after it was judged is not followed there (rebinding)', async () => {
    const answers = ['127.0.0.2', '169.254.169.254'];
    let asked = 0;
    const resolver = async () => [{ address: answers[Math.min(asked++, 1)] ?? '', family: 4 }];
    const { url } = await script(json({}));
    // Nothing listens at the first address; resolved again for the retry, the name is judged again.
    const http = client(`http://rebinding.example:${new URL(url).port}`, { resolver, requestTimeoutMs: 2_000 });
    await expect(failure(http.get('/'))).resolves.toMatchObject({ code: 'SOURCE_ADDRESS_REFUSED', actor: 'operator' });
    expect(asked).toBe(2);
  });

  it('CONN-05: connects to the pinned address and asks the resolver once', async () => {
    const { url, requests } = await script(json({}));
    let asked = 0;
    const resolver = async () => {
      asked += 1;
      return [{ address: '127.0.0.1', family: 4 }];
    };
    const http = client(`http://pinned.example:${new URL(url).port}`, { resolver });
    await Promise.all([http.get('/a'), http.get('/b'), http.get('/c')]);
    expect(asked).toBe(1);
    expect(requests[0]?.headers.host).toBe(`pinned.example:${new URL(url).port}`);
  });

  it('CONN-05: refuses loopback when no operator opened it', async () => {
    const { url, requests } = await script(json({}));
    expect(() => createSourceHttp({ baseUrl: url, authorize: null, userAgent: 'test' })).toThrow(
      expect.objectContaining({ code: 'SOURCE_URL_NOT_HTTPS' }),
    );
    const http = createSourceHttp({ baseUrl: url.replace('http:', 'https:'), authorize: null, userAgent: 'test' });
    await expect(failure(http.get('/'))).resolves.toMatchObject({ code: 'SOURCE_ADDRESS_REFUSED' });
    expect(requests).toHaveLength(0);
  });
});

describe('paging', () => {
  it('reads all pages in order, an empty one with a next link among them', async () => {
    const { url, requests } = await script(
      json([1, 2], 200, { link: '</list?page=2>; rel="next", </list?page=4>; rel="last"' }),
      json([], 200, { link: '</list?page=3>;rel="next"' }),
      json([3]),
    );
    const all: unknown[] = [];
    for await (const page of client(url).pages('/list', { query: { per_page: 2 } })) all.push(...page.items);
    expect(all).toEqual([1, 2, 3]);
    expect(requests.map((request) => request.url)).toEqual(['/list?per_page=2', '/list?page=2', '/list?page=3']);
  });

  it('reads lists inside bodies and next links inside bodies', async () => {
    const { url } = await script(json({ value: ['a'], '@odata.nextLink': 'NEXT' }), json({ value: ['b'] }));
    const next = (answer: { body: unknown }): string | null =>
      '@odata.nextLink' in (answer.body as object) ? '/v1.0/x?$skiptoken=opaque' : null;
    const all: unknown[] = [];
    for await (const page of client(url).pages('/v1.0/x', { items: (body) => (body as { value: unknown }).value, next }))
      all.push(...page.items);
    expect(all).toEqual(['a', 'b']);
  });

  it('DATA-03: a string, an object or nothing in place of a list is a malformed answer, never an empty page', async () => {
    for (const body of ['text', { message: 'x' }, null, 5]) {
      const { url } = await script(json(body));
      await expect(failure(client(url).pages('/list').next())).resolves.toMatchObject({
        code: 'SOURCE_MALFORMED_RESPONSE',
        subject: '/list',
      });
    }
  });

  it('ends with an error when next links go in a circle', async () => {
    const { url, requests } = await script(
      json([1], 200, { link: '</list?page=2>; rel="next"' }),
      json([2], 200, { link: '</list>; rel="next"' }),
    );
    const read = async (): Promise<void> => {
      for await (const _ of client(url).pages('/list'));
    };
    await expect(failure(read())).resolves.toMatchObject({ code: 'SOURCE_MALFORMED_RESPONSE' });
    expect(requests).toHaveLength(2);
  });

  it('keeps at most so many requests in flight', async () => {
    let running = 0;
    let most = 0;
    const url = await serve((request, response) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running -= 1;
        json({})(request, response);
      }, 15);
    });
    const http = client(url, { concurrency: 3 });
    await Promise.all(Array.from({ length: 12 }, (_, index) => http.get(`/${index}`)));
    expect(most).toBe(3);
  });
});
