/** The pages of tenants: made, renamed, suspended, offboarded. */
import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../domain/errors.ts';
import { appUnderTest } from '../api/app-under-test.ts';
import { post, refusing } from './pages-under-test.ts';
import { ACME, tenant } from './records.ts';

describe('/operations/tenants', () => {
  it('OPS-06 API-03: create, rename, deactivate, activate; a taken slug is said and what was typed stays', async () => {
    const { app, asked } = appUnderTest();
    const made = await app.request('/operations/new/tenant', post({ id: 'acme', slug: 'ACME', name: 'Acme', kind: 'real' }));
    expect(made.headers.get('location')).toBe('/operations/tenants/acme?done=created');
    await app.request('/operations/tenants/acme/edit', post({ name: 'Acme Inc.', version: '4' }));
    await app.request('/operations/tenants/acme/suspend', post({ version: '4' }));
    await app.request('/operations/tenants/acme/activate', post({ version: '4' }));
    const of = { tenant_hint: null, version: 4, by: 'local-operator' };
    expect(asked.written).toEqual([
      { name: 'tenants.create', args: [{ id: 'acme', slug: 'ACME', name: 'Acme', kind: 'real' }, 'local-operator'] },
      { name: 'tenants.edit', args: [ACME, { name: 'Acme Inc.' }, of] },
      { name: 'tenants.edit', args: [ACME, { status: 'suspended' }, of] },
      { name: 'tenants.edit', args: [ACME, { status: 'active' }, of] },
    ]);
    const taken = new ConflictError('the slug is taken', {
      code: 'SLUG_TAKEN',
      actor: 'operator',
      field: 'slug',
      expected: 'another slug',
    });
    const refused = await refusing('tenants', 'create', taken).request(
      '/operations/new/tenant',
      post({ id: 'acme', slug: 'ACME', name: 'Acme', kind: 'real' }),
    );
    const html = await refused.text();
    expect([refused.status, html.includes('Expected: another slug'), html.includes('value="ACME"')]).toEqual([409, true, true]);
  });

  it('offboarding names what goes, and needs the slug typed', async () => {
    const { app, asked } = appUnderTest();
    expect(await (await app.request('/operations/tenants/acme')).text()).toContain('are destroyed with their keys');
    const wrong = await app.request('/operations/tenants/acme/offboard', post({ slug: 'ACMEE', version: '4' }));
    expect([wrong.status, asked.written]).toEqual([400, []]);
    await app.request('/operations/tenants/acme/offboard', post({ slug: 'ACME', version: '4' }));
    expect(asked.written.map(({ args }) => args[1])).toEqual([{ status: 'offboarded' }]);
    const over = appUnderTest({ operatorViews: { tenant: async () => tenant({ status: 'offboarded' }) } });
    expect(await (await over.app.request('/operations/tenants/acme')).text()).not.toContain('Offboard…');
  });
});
