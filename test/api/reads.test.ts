import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chainSchema, pathSchema } from '../../api/schemas/derived.ts';
import { entitySchema } from '../../api/schemas/entity.ts';
import { findingSchema } from '../../api/schemas/finding.ts';
import { packFileSchema, packSchema } from '../../api/schemas/pack.ts';
import { runSchema } from '../../api/schemas/run.ts';
import { instanceSchema, scopeSchema, tenantSchema } from '../../api/schemas/tenancy.ts';
import { problemSchema } from '../../api/schemas/common.ts';
import { ACME, AWS_MAIN, AWS_SCOPE, id, RUN } from '../ui/records.ts';
import { appUnderTest } from './app-under-test.ts';

const SCOPED: readonly { readonly noun: string; readonly one: string; readonly schema: z.ZodType }[] = [
  { noun: 'scan-runs', one: RUN, schema: runSchema },
  { noun: 'connector-instances', one: AWS_MAIN, schema: instanceSchema },
  { noun: 'scan-scopes', one: AWS_SCOPE, schema: scopeSchema },
  { noun: 'findings', one: id('finding 1'), schema: findingSchema },
  { noun: 'execution-chains', one: id('chain'), schema: chainSchema },
  { noun: 'stitched-paths', one: id('path 1'), schema: pathSchema },
  { noun: 'evidence-packs', one: id('pack 1'), schema: packSchema },
  { noun: 'entities', one: id('entity deployer'), schema: entitySchema },
];

describe('reads of one tenant', () => {
  it.each(SCOPED)('API-02 API-06: $noun answers a list and one, each as its schema says', async ({ noun, one, schema }) => {
    const { app } = appUnderTest();
    const list = await app.request(`/api/v1/${noun}?tenant_id=acme`);
    expect(list.status).toBe(200);
    const listed = z.strictObject({ items: z.array(schema).length(1), next_cursor: z.null() }).parse(await list.json());
    const single = await app.request(`/api/v1/${noun}/${one}?tenant_id=acme`);
    expect(single.status).toBe(200);
    expect(schema.parse(await single.json())).toEqual(listed.items[0]);
  });

  it.each(SCOPED)('API-05: $noun without a tenant is an error, never all tenants', async ({ noun, one }) => {
    const { app, asked } = appUnderTest();
    for (const address of [
      `/api/v1/${noun}`,
      `/api/v1/${noun}/${one}`,
      `/api/v1/${noun}?tenant_id=`,
      `/api/v1/${noun}?tenant_id=*`,
      `/api/v1/${noun}?tenant_id=acme&tenant_id=globex`,
    ]) {
      const answer = await app.request(address);
      expect(answer.status).toBe(400);
      const problem = problemSchema.parse(await answer.json());
      expect(problem.problems.map(({ field }) => field)).toEqual(['query.tenant_id']);
    }
    expect(asked.views).toEqual([]);
  });

  it.each(SCOPED)('CRED-05: another tenant’s row of $noun is not found', async ({ noun, one }) => {
    const { app } = appUnderTest();
    const answer = await app.request(`/api/v1/${noun}/${one}?tenant_id=globex`);
    expect(answer.status).toBe(404);
    expect(problemSchema.parse(await answer.json()).code).toMatch(/_NOT_FOUND$/);
  });

  it.each(SCOPED)('API-06: $noun refuses unknown and repeated parameters and malformed ids', async ({ noun }) => {
    const { app } = appUnderTest();
    for (const query of [
      'tenant_id=acme&status[$ne]=x',
      'tenant_id=acme&everything=1',
      'tenant_id=acme&limit=0',
      'tenant_id=acme&limit=201',
      'tenant_id=acme&limit=5&limit=6',
    ]) {
      expect([query, (await app.request(`/api/v1/${noun}?${query}`)).status]).toEqual([query, 400]);
    }
    expect((await app.request(`/api/v1/${noun}/${encodeURIComponent('../../etc/passwd')}?tenant_id=acme`)).status).toBe(400);
  });
});

describe('tenants', () => {
  it('API-03: lists tenants and gives one', async () => {
    const { app } = appUnderTest();
    const list = await app.request('/api/v1/tenants');
    expect(z.strictObject({ items: z.array(tenantSchema).length(1), next_cursor: z.null() }).parse(await list.json()).items[0]?.id).toBe(
      ACME,
    );
    expect((await app.request('/api/v1/tenants/acme')).status).toBe(200);
    expect((await app.request('/api/v1/tenants/nobody')).status).toBe(404);
  });
});

describe('evidence pack as a file', () => {
  it('DATA-08: hands out envelope, manifest and blobs, and records who took it before it does', async () => {
    const { app, asked } = appUnderTest();
    const answer = await app.request(`/api/v1/evidence-packs/${id('pack 1')}/file?tenant_id=acme`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="evidence-[0-9a-f]{16}\.json"$/);
    packFileSchema.parse(await answer.json());
    expect(asked.audits).toEqual([
      {
        tenant: ACME,
        action: 'evidence_pack_exported',
        actor: 'local-operator',
        subject: { pack: id('pack 1'), finding: id('finding 1') },
      },
    ]);
  });

  it('hands nothing out when it cannot be recorded', async () => {
    const { app } = appUnderTest({ deps: { audit: { record: () => Promise.reject(new Error('the audit store is away')) } } });
    const answer = await app.request(`/api/v1/evidence-packs/${id('pack 1')}/file?tenant_id=acme`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('blobs');
  });
});
