import { describe, expect, it } from 'vitest';
import { problemSchema } from '../../api/schemas/common.ts';
import { NotFoundError, TransientError } from '../../domain/errors.ts';
import { ACME, AWS_MAIN } from '../ui/records.ts';
import { appUnderTest, CONNECTION_TEST } from './app-under-test.ts';

const PATH = `/api/v1/connector-instances/${AWS_MAIN}/connection-test`;
const POST: RequestInit = { method: 'POST' };

describe('connection test by the API', () => {
  it('UI-04 API-02: is asked for as the caller, the tenant only compared, and gives a verdict per permission', async () => {
    const { app, asked } = appUnderTest();
    const answer = await app.request(`${PATH}?tenant_id=acme`, POST);
    expect([answer.status, await answer.json()]).toEqual([200, CONNECTION_TEST]);
    await app.request(PATH, POST);
    const request = { instance_id: AWS_MAIN, user_id: 'local-operator' };
    expect(asked.tests).toEqual([
      { ...request, tenant_hint: ACME },
      { ...request, tenant_hint: null },
    ]);
  });

  it('UI-04 API-05: the last one is read with its tenant, and reading starts none', async () => {
    const { app, asked } = appUnderTest();
    expect((await app.request(PATH)).status).toBe(400);
    const answer = await app.request(`${PATH}?tenant_id=acme`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'done', result: CONNECTION_TEST }]);
    expect(asked.tests).toEqual([]);
  });

  it('CRED-05 API-04: another tenant’s instance is not found, a test that does not end says who acts, and without a caller nothing is asked', async () => {
    const refuse = (error: Error) => {
      const refused = async (): Promise<never> => {
        throw error;
      };
      return { test: refused, latest: refused };
    };
    const missing = appUnderTest({ deps: { connectionTests: refuse(new NotFoundError('instance', AWS_MAIN)) } });
    expect((await missing.app.request(PATH, POST)).status).toBe(404);
    expect((await missing.app.request(`${PATH}?tenant_id=acme`)).status).toBe(404);
    const stuck = new TransientError('it did not end', { code: 'CONNECTION_TEST_FAILED', actor: 'operator' });
    const answer = await appUnderTest({ deps: { connectionTests: refuse(stuck) } }).app.request(PATH, POST);
    expect([answer.status, problemSchema.parse(await answer.json())]).toMatchObject([
      503,
      { code: 'CONNECTION_TEST_FAILED', actor: 'operator' },
    ]);
    const { app, asked } = appUnderTest({ deps: { callers: { callerOf: async () => null } } });
    expect([(await app.request(PATH, POST)).status, asked.tests]).toEqual([401, []]);
  });
});
