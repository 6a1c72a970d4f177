import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createSourceHttp } from '../../../connectors/sdk/http.ts';
import { client, failure, fakeClock, json, script, serve } from './scripted-source.ts';

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
