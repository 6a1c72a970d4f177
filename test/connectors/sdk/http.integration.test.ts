import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { client, failure, json, script, serve } from './scripted-source.ts';

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
