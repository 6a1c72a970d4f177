/**
 * Against answers that GitHub itself gave, recorded by others (`@octokit/fixtures`, MIT): a check that we did not write.
 * A small server replays them; only the host name inside them is changed.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import * as api from '../../../connectors/github/api-types.ts';
import { GithubClient } from '../../../connectors/github/client.ts';
import { convertRepository, convertUser } from '../../../connectors/github/converters/repository.ts';
import { Memo } from '../../../connectors/github/memo.ts';
import { readSettings } from '../../../connectors/github/settings.ts';
import { scopeFile } from '../../../connectors/contract/scope.ts';
import { createSourceHttp, type SourceHttp } from '../../../connectors/sdk/http.ts';
import { graphEntity } from '../../../domain/graph/schema.ts';

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly response: unknown;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

const ORG = 'octokit-fixture-org';
const package_ = createRequire(import.meta.url).resolve('@octokit/fixtures/package.json');
const scenario = (name: string): readonly Recorded[] =>
  JSON.parse(
    readFileSync(package_.replace('package.json', `scenarios/api.github.com/${name}/normalized-fixture.json`), 'utf8'),
  ) as Recorded[];

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Replays GETs by path and query; the `page` of a recorded path must match, what else we ask for (`per_page`) need not. */
async function replay(records: readonly Recorded[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://recorded');
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    const found = records.find((record) => {
      const recorded = new URL(record.path, 'http://recorded');
      return (
        record.method === 'get' && recorded.pathname === url.pathname && recorded.searchParams.get('page') === url.searchParams.get('page')
      );
    });
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const local = (text: string): string => text.replaceAll('https://api.github.com', own);
    const headers = Object.entries(found?.headers ?? {}).filter(
      ([name]) => !/^(?:content-length|transfer-encoding|content-encoding|connection)$/i.test(name),
    );
    response.writeHead(found?.status ?? 404, Object.fromEntries(headers.map(([name, value]) => [name, local(String(value))])));
    response.end(local(JSON.stringify(found?.response ?? { message: 'Not Found' })));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const http = (url: string): SourceHttp =>
  createSourceHttp({ baseUrl: url, allowPrivate: true, authorize: null, userAgent: 'test', retry: { attempts: 2, baseDelayMs: 1 } });

function client(url: string): GithubClient {
  const scope = scopeFile.parse({
    schema: 'sv0.scope/1',
    run_id: 'r',
    scope_id: 's',
    connector: 'github',
    source_tenant: ORG,
    categories: ['repositories'],
    config: { organization: ORG, base_url: url, allow_private: true },
    params: {},
    deadline_at: '2030-01-01T00:00:00Z',
  });
  return new GithubClient(readSettings(scope), http(url), new Memo());
}

describe('recorded answers of GitHub', () => {
  it('CONN-02: five pages of a list, by the links that GitHub gave (which go by id)', async () => {
    const { url, asked } = await replay(scenario('paginate-issues'));
    const numbers: unknown[] = [];
    for await (const page of http(url).pages(`/repos/${ORG}/paginate-issues/issues`, { query: { per_page: 3 } })) {
      numbers.push(...page.items.map((item) => (item as { number: number }).number));
    }
    expect(numbers).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(asked.slice(1)).toEqual([2, 3, 4, 5].map((page) => `GET /repositories/1000/issues?per_page=3&page=${page}`));
  });

  it('CONN-02: a repository, as the list of an organization holds it', async () => {
    const [recorded] = scenario('get-repository');
    if (recorded === undefined) throw new Error('no recording');
    const { url } = await replay([{ ...recorded, path: `/orgs/${ORG}/repos`, response: [recorded.response] }]);
    const [repository] = await client(url).repositories();
    expect(repository).toMatchObject({
      full_name: `${ORG}/hello-world`,
      owner: { login: ORG },
      default_branch: expect.any(String),
      archived: false,
    });
    if (repository === undefined) throw new Error('no repository');
    const [entity] = convertRepository(repository, null).entities;
    expect(() => graphEntity.parse({ ...entity, source_system: 'github', source_tenant: ORG, category: 'repositories' })).not.toThrow();
    // Forty addresses, counts and texts of the real answer are left behind.
    expect(Object.keys(recorded.response as object).length).toBeGreaterThan(60);
    expect(Object.keys(repository).length).toBeLessThanOrEqual(Object.keys(api.repository.shape).length);
  });

  it('CONN-02: people with access', async () => {
    const { url } = await replay(scenario('add-and-remove-repository-collaborator'));
    const repository = api.repository.parse({
      ...(scenario('get-repository')[0]?.response as object),
      name: 'add-and-remove-repository-collaborator',
    });
    const admins = await client(url).admins(repository);
    expect(admins.length).toBeGreaterThan(0);
    for (const admin of admins)
      expect(convertUser(admin)).toMatchObject({
        type: 'owner',
        props: { login: expect.stringMatching(/^octokit-fixture-user/), suspended: null },
      });
  });

  it('DATA-03: a directory, and a file as raw text, are no file of the contents API: malformed, never an empty workflow', async () => {
    const [directory, raw] = scenario('get-content');
    if (directory === undefined || raw === undefined) throw new Error('no recording');
    for (const recorded of [directory, raw]) {
      const { url } = await replay([
        { ...recorded, path: `/repos/${ORG}/hello-world/contents/.github/workflows/ci.yml` },
        {
          ...directory,
          path: `/repos/${ORG}/hello-world/actions/workflows`,
          response: { total_count: 1, workflows: [{ id: 1, path: '.github/workflows/ci.yml', state: 'active' }] },
        },
      ]);
      const { files, errors } = await client(url).workflows(api.repository.parse(scenario('get-repository')[0]?.response));
      expect(files).toEqual([]);
      expect(errors).toEqual([expect.objectContaining({ code: 'SOURCE_MALFORMED_RESPONSE', class: 'persistent' })]);
    }
  });

  it('CONN-02: a renamed repository answers 301 to its id, on the same origin', async () => {
    const { url, asked } = await replay(scenario('rename-repository'));
    const { body } = await http(url).get(`/repos/${ORG}/rename-repository`);
    expect(api.repository.parse(body).full_name).toMatch(new RegExp(`^${ORG}/rename-repository`));
    expect(asked).toEqual([`GET /repos/${ORG}/rename-repository`, 'GET /repositories/1000']);
  });

  it('CONN-05: a redirect to another host, as for an archive, is refused', async () => {
    const { url } = await replay(scenario('get-archive'));
    await expect(http(url).get(`/repos/${ORG}/get-archive/tarball/main`)).rejects.toMatchObject({ code: 'SOURCE_OFF_ORIGIN' });
  });

  it("RUN-17: a 404 with GitHub's own headers is not taken for a throttle", async () => {
    const { url, asked } = await replay(scenario('branch-protection'));
    await expect(http(url).get(`/repos/${ORG}/branch-protection/branches/main/protection`)).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      class: 'persistent',
      status: 404,
    });
    expect(asked).toHaveLength(1);
  });
});
