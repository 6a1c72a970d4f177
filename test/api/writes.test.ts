import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemSchema } from '../../api/schemas/common.ts';
import { ConflictError, InvalidInputError } from '../../domain/errors.ts';
import { ACME, AWS_MAIN, AWS_SCOPE, finding } from '../ui/records.ts';
import { administrationUnderTest } from '../support/administration.ts';
import { appUnderTest } from './app-under-test.ts';

const send = (method: string, body?: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});
const MATCH = { 'if-match': '"3"' };
const of = (version: number | null) => ({ tenant_hint: null, version, by: 'local-operator' });
const TENANT = { id: 'acme', slug: 'ACME', name: 'Acme', kind: 'real' };
const INSTANCE = {
  id: AWS_MAIN,
  connector: 'aws',
  name: 'Main',
  source_tenant: '1',
  credentials_ref: { provider: 'env', ref: 'AWS' },
  config: {},
};
const SCOPE = {
  id: AWS_SCOPE,
  name: 'All',
  categories: ['iam'],
  params: {},
  budget: { max_runtime_seconds: 60 },
  cooldown_seconds: 0,
  schedule: null,
};
const FINDING = finding().id;
const EVERY_HOUR = { kind: 'interval', every_seconds: 3_600 };

it('API-03: a tenant of a thousand accounts is one document; what is larger than a mebibyte is refused', async () => {
  const { app, asked } = appUnderTest();
  const { kind: _, ...tenant } = TENANT;
  const { schedule: __, ...scope } = SCOPE;
  const accounts = (padding: string) =>
    Array.from({ length: 1_000 }, (___, n) => ({
      ...INSTANCE,
      id: `acme-${n}`,
      name: padding,
      scopes: [{ ...scope, id: `acme-${n}-all` }],
    }));
  const apply = (padding: string) => app.request('/api/v1/apply', send('POST', { tenant, instances: accounts(padding) }));
  expect(await (await apply('Account')).json()).toMatchObject({ tenant_id: 'acme', instances: 1_000, scopes: 1_000 });
  expect((await apply('x'.repeat(1_024))).status).toBe(413);
  expect(asked.written.map(({ name }) => name)).toEqual(['apply']);
});

describe('what operators write', () => {
  it.each([
    ['POST', '/api/v1/tenants', TENANT, {}, 201, 'tenants.create', [TENANT, 'local-operator']],
    ['PATCH', '/api/v1/tenants/acme', { status: 'suspended' }, MATCH, 200, 'tenants.edit', ['acme', { status: 'suspended' }, of(3)]],
    [
      'POST',
      '/api/v1/connector-instances',
      { ...INSTANCE, tenant_id: ACME },
      {},
      201,
      'instances.create',
      [ACME, INSTANCE, 'local-operator'],
    ],
    ['PATCH', `/api/v1/connector-instances/${AWS_MAIN}`, { name: 'x' }, MATCH, 200, 'instances.edit', [AWS_MAIN, { name: 'x' }, of(3)]],
    ['DELETE', `/api/v1/connector-instances/${AWS_MAIN}`, undefined, MATCH, 204, 'instances.remove', [AWS_MAIN, of(3)]],
    [
      'POST',
      '/api/v1/scan-scopes',
      { ...SCOPE, instance_id: AWS_MAIN },
      {},
      201,
      'scopes.create',
      [AWS_MAIN, SCOPE, { tenant_hint: null, by: 'local-operator' }],
    ],
    [
      'PATCH',
      `/api/v1/scan-scopes/${AWS_SCOPE}`,
      { cooldown_seconds: 5 },
      MATCH,
      200,
      'scopes.edit',
      [AWS_SCOPE, { cooldown_seconds: 5 }, of(3)],
    ],
    ['DELETE', `/api/v1/scan-scopes/${AWS_SCOPE}`, undefined, MATCH, 204, 'scopes.remove', [AWS_SCOPE, of(3)]],
    [
      'PUT',
      `/api/v1/scan-scopes/${AWS_SCOPE}/schedule`,
      { schedule: EVERY_HOUR },
      MATCH,
      200,
      'scopes.schedule',
      [AWS_SCOPE, EVERY_HOUR, of(3)],
    ],
    ['PUT', `/api/v1/scan-scopes/${AWS_SCOPE}/schedule`, { schedule: null }, MATCH, 200, 'scopes.schedule', [AWS_SCOPE, null, of(3)]],
    ['POST', `/api/v1/scan-scopes/${AWS_SCOPE}/pause`, { note: 'moving' }, MATCH, 200, 'scopes.pause', [AWS_SCOPE, 'moving', of(3)]],
    ['POST', `/api/v1/scan-scopes/${AWS_SCOPE}/resume`, undefined, MATCH, 200, 'scopes.resume', [AWS_SCOPE, of(3)]],
    ['POST', `/api/v1/scan-scopes/${AWS_SCOPE}/trigger`, undefined, {}, 204, 'scopes.trigger', [AWS_SCOPE, of(null)]],
    [
      'DELETE',
      `/api/v1/findings/${FINDING}/suppression?tenant_id=acme`,
      undefined,
      {},
      200,
      'findings.unsuppress',
      [ACME, FINDING, 'local-operator'],
    ],
    [
      'POST',
      `/api/v1/connector-instances/${AWS_MAIN}/credential/revoke?tenant_id=acme`,
      undefined,
      {},
      200,
      'credentials.revoke',
      [ACME, AWS_MAIN, 'local-operator'],
    ],
    [
      'POST',
      `/api/v1/connector-instances/${AWS_MAIN}/credential/forget?tenant_id=acme`,
      undefined,
      {},
      200,
      'credentials.forget',
      [ACME, AWS_MAIN, 'local-operator'],
    ],
    [
      'DELETE',
      `/api/v1/connector-instances/${AWS_MAIN}/credential?tenant_id=acme`,
      undefined,
      {},
      200,
      'credentials.remove',
      [ACME, AWS_MAIN, 'local-operator'],
    ],
  ])('API-03 UI-03 UI-04: %s %s %j', async (method, path, body, headers, status, name, args) => {
    const { app, asked } = appUnderTest();
    const answer = await app.request(path, send(method, body, headers));
    expect([answer.status, asked.written]).toEqual([status, [{ name, args }]]);
    if (status === 201) expect(answer.headers.get('location')).toContain('/api/v1/');
  });

  it('API-03: a row’s etag is what its next edit names; without one it is refused, with an older one too', async () => {
    const stale = new ConflictError('the scope was changed', { code: 'STALE_EDIT', actor: 'operator', expected: 'version 6' });
    const administration = administrationUnderTest([]);
    const refusing = { ...administration, scopes: { ...administration.scopes, edit: () => Promise.reject(stale) } };
    const { app, asked } = appUnderTest({ deps: { administration: refusing } });
    const path = `/api/v1/scan-scopes/${AWS_SCOPE}`;
    expect((await app.request(`${path}?tenant_id=acme`)).headers.get('etag')).toBe('"6"');
    for (const [headers, status, code] of [
      [{}, 428, 'IF_MATCH_REQUIRED'],
      [{ 'if-match': '*' }, 400, 'INVALID_REQUEST'],
      [MATCH, 412, 'STALE_EDIT'],
    ] as const) {
      const answer = await app.request(path, send('PATCH', { name: 'x' }, headers));
      expect([answer.status, problemSchema.parse(await answer.json()).code]).toEqual([status, code]);
    }
    expect(asked.written).toEqual([]);
  });

  it('API-03: the value of a credential goes in and is in no answer', async () => {
    const { app, asked } = appUnderTest();
    const path = `/api/v1/connector-instances/${AWS_MAIN}/credential?tenant_id=acme`;
    const value = { kind: 'aws_access_key', fields: { secret_access_key: 'canary-of-this-test' } };
    const put = await app.request(path, send('PUT', value));
    const texts = [
      await put.text(),
      await (await app.request(path)).text(),
      await (await app.request('/api/v1/stored-credentials?tenant_id=acme')).text(),
    ];
    expect(put.status).toBe(200);
    expect(asked.written[0]?.args).toEqual([ACME, AWS_MAIN, value, 'local-operator']);
    for (const text of texts) expect(text).not.toContain('canary');
    const refusing = administrationUnderTest([]);
    const credentials = {
      ...refusing.credentials,
      put: () => Promise.reject(new InvalidInputError('x', { code: 'INVALID_CREDENTIAL', field: 'fields.token', expected: 'text' })),
    };
    const refused = await appUnderTest({ deps: { administration: { ...refusing, credentials } } }).app.request(path, send('PUT', value));
    expect([refused.status, problemSchema.parse(await refused.json()).problems]).toEqual([
      400,
      [{ field: 'body.fields.token', expected: 'text' }],
    ]);
  });

  it('GATE-01: the gate takes stages and tenants; every stage and every active tenant by default', async () => {
    const { app, asked } = appUnderTest();
    const path = '/api/v1/admin/rematerialize';
    expect((await app.request(path, send('POST', {}))).status).toBe(202);
    expect((await app.request(path, send('POST', { stages: ['chains'], tenants: ['acme'] }, { 'idempotency-key': 'k' }))).status).toBe(202);
    expect(asked.gates).toMatchObject([
      { stages: ['chains', 'stitched_paths'], tenants: null, idempotency_key: null, user_id: 'local-operator' },
      { stages: ['chains'], tenants: ['acme'], idempotency_key: 'k' },
    ]);
    for (const bad of [{ stages: [] }, { stages: ['findings'] }, { tenants: [] }, { tenants: ['../x'] }, { all: true }])
      expect((await app.request(path, send('POST', bad))).status).toBe(400);
    expect(asked.gates).toHaveLength(2);
  });

  it('GATE-07: the deploy gate’s role opens this route, and not its neighbours', async () => {
    const { app, asked } = appUnderTest({
      deps: { callers: { callerOf: async () => ({ user_id: 'ci', roles: ['deploy_gate'], by: 'token' }) } },
    });
    expect((await app.request('/api/v1/admin/rematerialize', send('POST', {}))).status).toBe(202);
    for (const path of ['/api/v1/admin/rematerialize/', '/api/v1//admin/rematerialize', '/api/v1/admin', '/api/v1/tenants'])
      expect((await app.request(path, send('POST', {}))).status).toBe(403);
    expect((await app.request('/api/v1/admin/rematerialize')).status).toBe(403);
    expect([asked.gates.length, asked.written]).toEqual([1, []]);
  });

  it('API-03: hostile bodies are refused or taken as they are, never an error of ours, and what was taken is what was checked', async () => {
    const hostile = fc.oneof(
      fc.object({
        maxDepth: 3,
        key: fc.oneof(fc.constantFrom('__proto__', 'constructor', '$where', 'name', 'id', 'slug', 'status', 'kind'), fc.string()),
      }),
      fc.record({ ...Object.fromEntries(Object.keys(TENANT).map((key) => [key, fc.anything()])) }, { requiredKeys: [] }),
      fc.anything(),
    );
    await fc.assert(
      fc.asyncProperty(
        hostile,
        fc.constantFrom(['POST', '/api/v1/tenants'], ['PATCH', '/api/v1/tenants/acme'], ['POST', '/api/v1/scan-scopes']),
        async (body, [method = '', path = '']) => {
          const { app, asked } = appUnderTest();
          let text: string | undefined;
          try {
            text = JSON.stringify(body);
          } catch {
            return;
          }
          const answer = await app.request(path, {
            method,
            headers: { 'content-type': 'application/json', ...MATCH },
            ...(text === undefined ? {} : { body: text }),
          });
          expect(answer.status).toBeLessThan(500);
          expect(asked.written.length).toBe(answer.status < 300 ? 1 : 0);
          expect(asked.logged).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('UI-03: a schedule is shown before it is set', async () => {
    const { app } = appUnderTest();
    const answer = await app.request('/api/v1/schedule-preview', send('POST', { schedule: { kind: 'cron', expression: '0 2 * * *' } }));
    expect([answer.status, await answer.json()]).toEqual([200, { words: 'Every hour', next: ['2026-11-22T06:30:00.000Z'] }]);
    expect((await app.request('/api/v1/schedule-preview', send('POST', { schedule: { kind: 'daily' } }))).status).toBe(400);
    const next = await app.request(`/api/v1/scan-scopes/${AWS_SCOPE}/next-times?tenant_id=globex`);
    expect(next.status).toBe(404);
  });
});
