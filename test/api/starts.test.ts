import { describe, expect, it } from 'vitest';
import { problemSchema } from '../../api/schemas/common.ts';
import { startedSchema } from '../../api/schemas/run.ts';
import { ConflictError, InvalidInputError, NotFoundError, TransientError } from '../../domain/errors.ts';
import { AWS_SCOPE, numberedRun, RUN } from '../ui/records.ts';
import { appUnderTest, STARTED } from './app-under-test.ts';

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const START = { scope_id: AWS_SCOPE, trigger: { type: 'manual_api' } };

describe('POST /api/v1/scan-runs', () => {
  it('API-02 RUN-08: starts a run of a scope and answers where it will be', async () => {
    const { app, asked } = appUnderTest();
    const answer = await app.request('/api/v1/scan-runs', json({ ...START, override_cooldown: true }, { 'idempotency-key': 'deploy-42' }));
    expect(answer.status).toBe(202);
    const started = startedSchema.parse(await answer.json());
    expect(started).toEqual({
      run_id: STARTED.run_id,
      workflow_id: STARTED.workflow_id,
      links: {
        run: `/api/v1/scan-runs/${STARTED.run_id}`,
        page: `/operations/runs/${STARTED.run_id}`,
        workflow: `http://127.0.0.1:8233/namespaces/default/workflows/scan%2Facme-aws-main-all%2Fapi/${STARTED.run_id}`,
      },
    });
    expect(answer.headers.get('location')).toBe(started.links.run);
    expect(asked.starts).toEqual([
      {
        scope_id: AWS_SCOPE,
        tenant_hint: null,
        trigger_type: 'manual_api',
        source: 'api',
        user_id: 'local-operator',
        override_cooldown: true,
        idempotency_key: 'deploy-42',
      },
    ]);
  });

  it.each(['scheduled', 'deploy_gate', 'MANUAL_API', '', null])('RUN-08: a caller may not claim the trigger %j', async (type) => {
    const { app, asked } = appUnderTest();
    const answer = await app.request('/api/v1/scan-runs', json({ ...START, trigger: { type } }));
    expect(answer.status).toBe(400);
    expect(problemSchema.parse(await answer.json()).problems).toEqual([
      { field: 'body.trigger.type', expected: 'one of manual_api, iac_lifecycle' },
    ]);
    expect(asked.starts).toEqual([]);
  });

  it('CRED-05: a tenant beside the scope is handed on to be compared, not trusted', async () => {
    const { app, asked } = appUnderTest();
    await app.request('/api/v1/scan-runs?tenant_id=globex', json(START));
    expect(asked.starts[0]).toMatchObject({ scope_id: AWS_SCOPE, tenant_hint: 'globex' });
  });

  it.each([
    ['an unknown key', { ...START, tenant_id: 'acme' }, 'body.tenant_id'],
    ['an unknown key further in', { ...START, trigger: { type: 'manual_api', user: 'root' } }, 'body.trigger.user'],
    ['an own __proto__', '{"scope_id":"a","trigger":{"type":"manual_api"},"__proto__":{"x":1}}', 'body.__proto__'],
    ['a missing scope', { trigger: { type: 'manual_api' } }, 'body.scope_id'],
    ['an operator for an id', { ...START, scope_id: { $ne: null } }, 'body.scope_id'],
    ['a string for a boolean', { ...START, override_cooldown: 'yes' }, 'body.override_cooldown'],
  ])('API-06: %s is refused with its field', async (_, body, field) => {
    const { app, asked } = appUnderTest();
    const answer = await app.request('/api/v1/scan-runs', json(body));
    expect(answer.status).toBe(400);
    expect(problemSchema.parse(await answer.json()).problems.map((problem) => problem.field)).toContain(field);
    expect(asked.starts).toEqual([]);
  });

  it('refuses other content types, broken JSON, giant bodies and odd idempotency keys', async () => {
    const { app, asked } = appUnderTest();
    const text = await app.request('/api/v1/scan-runs', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(START),
    });
    expect([text.status, await text.json()]).toEqual([415, expect.objectContaining({ code: 'UNSUPPORTED_MEDIA_TYPE' })]);
    const broken = await app.request('/api/v1/scan-runs', json('{"scope_id": "s3cr3t-'));
    expect(broken.status).toBe(400);
    expect(await broken.text()).not.toContain('s3cr3t');
    const giant = await app.request('/api/v1/scan-runs', json({ ...START, padding: 'x'.repeat(70_000) }));
    expect([giant.status, await giant.json()]).toEqual([413, expect.objectContaining({ code: 'BODY_TOO_LARGE' })]);
    expect((await app.request('/api/v1/scan-runs', json(START, { 'idempotency-key': 'a b' }))).status).toBe(400);
    expect(asked.starts).toEqual([]);
  });

  it('API-06: no answer repeats a value of the request', async () => {
    const { app } = appUnderTest();
    const canary = 'AKIAIOSFODNN7CANARY';
    for (const request of [
      json({ scope_id: `${canary}!`, trigger: { type: canary }, override_cooldown: canary }),
      json({ ...START, trigger: { type: 'manual_api', [`${canary}${'x'.repeat(60)}`]: canary } }),
      json(START, { 'idempotency-key': `${canary} x` }),
    ]) {
      const answer = await app.request('/api/v1/scan-runs', request);
      expect(answer.status).toBe(400);
      expect(await answer.text()).not.toContain(canary);
    }
    const odd = await app.request(`/api/v1/scan-runs?tenant_id=${canary}&cursor=${canary}`);
    expect(await odd.text()).not.toContain(canary);
  });
});

describe('retry and cancel', () => {
  it('API-02 RUN-08: hand on the run, the hint, who asked and the key', async () => {
    const { app, asked } = appUnderTest();
    const retry = await app.request(`/api/v1/scan-runs/${RUN}/retry?tenant_id=acme`, {
      method: 'POST',
      headers: { 'idempotency-key': 'again-1' },
    });
    expect(retry.status).toBe(202);
    startedSchema.parse(await retry.json());
    const cancel = await app.request(`/api/v1/scan-runs/${RUN}/cancel`, { method: 'POST' });
    expect(cancel.status).toBe(202);
    expect(asked.retries).toEqual([
      { run_id: RUN, tenant_hint: 'acme', source: 'api', user_id: 'local-operator', idempotency_key: 'again-1' },
    ]);
    expect(asked.cancels).toEqual([{ run_id: RUN, tenant_hint: null, source: 'api', user_id: 'local-operator' }]);
  });

  it('take no body and no unknown parameter', async () => {
    const { app, asked } = appUnderTest();
    expect((await app.request(`/api/v1/scan-runs/${RUN}/retry`, json({ trigger: { type: 'scheduled' } }))).status).toBe(400);
    expect((await app.request(`/api/v1/scan-runs/${RUN}/cancel?force=1`, { method: 'POST' })).status).toBe(400);
    expect([...asked.retries, ...asked.cancels]).toEqual([]);
  });
});

describe('what the port refuses', () => {
  it.each([
    [
      new ConflictError('a run of this scope is in flight', { code: 'SCOPE_IN_FLIGHT', holder: numberedRun(9) }),
      409,
      'SCOPE_IN_FLIGHT',
      numberedRun(9),
    ],
    [new NotFoundError('scope', 'x'), 404, 'SCOPE_NOT_FOUND', null],
    [new TransientError('Temporal is not available just now', { code: 'TEMPORAL_UNAVAILABLE' }), 503, 'TEMPORAL_UNAVAILABLE', null],
    [new InvalidInputError('no', { code: 'INVALID_ID', field: 'scope_id', expected: 'an id' }), 400, 'INVALID_ID', null],
  ])('API-06: becomes a problem of one shape (%#)', async (error, status, code, holder) => {
    const refusing = async (): Promise<never> => {
      throw error;
    };
    const { app } = appUnderTest({
      deps: { runControl: { start: refusing, retry: refusing, cancel: refusing, outcome: refusing } },
    });
    const answer = await app.request('/api/v1/scan-runs', json(START));
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const problem = problemSchema.parse(await answer.json());
    expect(problem).toMatchObject({ status, code, holder });
    expect(problem.request_id).toBe(answer.headers.get('x-request-id'));
  });

  it('an unexpected error says nothing of itself, and is in the log under the same id', async () => {
    const failing = {
      start: () => Promise.reject(new Error('mongodb://user:hunter2@host')),
      retry: () => Promise.reject(new Error('x')),
      cancel: () => Promise.reject(new Error('x')),
      outcome: () => Promise.reject(new Error('x')),
    };
    const { app, asked } = appUnderTest({ deps: { runControl: failing } });
    const answer = await app.request('/api/v1/scan-runs', json(START));
    const text = await answer.text();
    expect([answer.status, text.includes('hunter2')]).toEqual([500, false]);
    expect(asked.logged).toEqual([
      expect.objectContaining({ request_id: (JSON.parse(text) as { request_id: string }).request_id, code: 'INTERNAL' }),
    ]);
  });
});
