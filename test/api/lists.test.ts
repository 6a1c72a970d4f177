/** Every list of the API: its filters reach the view, and its cursors belong to the list, the tenant and the filters that they were made for. */
import { expect, it } from 'vitest';
import { AWS_MAIN, AWS_SCOPE, id } from '../ui/records.ts';
import { appUnderTest } from './app-under-test.ts';

const LISTS: Readonly<Record<string, { readonly view: string; readonly filter: Readonly<Record<string, string>>; readonly by?: object }>> =
  {
    'audit-records': { view: 'tenant.auditRecords', filter: { action: 'credential.resolve' }, by: { seq: 7 } },
    'connector-instances': { view: 'tenant.instances', filter: { connector: 'aws' } },
    entities: { view: 'tenant.entities', filter: { type: 'identity', source_system: 'aws' } },
    'entities/{id}/neighbours': { view: 'tenant.neighbours', filter: { direction: 'in' } },
    'evidence-packs': { view: 'tenant.packs', filter: { finding_id: id('finding 1') } },
    'execution-chains': { view: 'tenant.chains', filter: { source_system: 'aws' } },
    findings: {
      view: 'tenant.findings',
      filter: { status: 'open', severity: 'high', rule_id: 'admin_policy' },
      by: { severity: 'high', at: '2026-11-22T08:00:00.000Z', id: 'f' },
    },
    'scan-runs': {
      view: 'tenant.runs',
      filter: { status: 'failed', connector: 'aws', scope_id: AWS_SCOPE },
      by: { at: '2026-11-22T08:00:00.000Z', id: 'r' },
    },
    'scan-scopes': { view: 'tenant.scopes', filter: { instance_id: AWS_MAIN } },
    'stitched-paths': { view: 'tenant.paths', filter: { completeness: 'complete' } },
    tenants: { view: 'operator.tenants', filter: { status: 'active' } },
  };

const listsOf = (paths: Readonly<Record<string, { readonly get?: { readonly parameters?: readonly { readonly name: string }[] } }>>) =>
  Object.entries(paths).filter(([, { get }]) => get?.parameters?.some(({ name }) => name === 'cursor'));

it('API-02: here is every list of the document, with each of its filters', async () => {
  const document = (await (await appUnderTest().app.request('/api/v1/openapi.json')).json()) as { paths: Parameters<typeof listsOf>[0] };
  const described = listsOf(document.paths).map(([path, { get }]) => {
    const names = (get?.parameters ?? []).map(({ name }) => name).filter((name) => !['id', 'limit', 'cursor', 'tenant_id'].includes(name));
    return [path.replace('/api/v1/', ''), names.sort()];
  });
  expect(described.sort()).toEqual(Object.entries(LISTS).map(([path, { filter }]) => [path, Object.keys(filter).sort()]));
});

it.each(Object.entries(LISTS))(
  'API-02 API-05: %s takes its filters to the view, and no cursor of another tenant, filter or list',
  async (list, { view, filter, by = { id: 'x' } }) => {
    const [port = '', method = ''] = view.split('.');
    const next = { [method]: async () => ({ items: [], next: by }) };
    const { app, asked } = appUnderTest(port === 'tenant' ? { tenantViews: next } : { operatorViews: next });
    const path = list.replace('{id}', id('entity'));
    const own = port === 'tenant' ? { tenant_id: 'acme' } : {};
    const ask = (query: Readonly<Record<string, string>>) => app.request(`/api/v1/${path}?${new URLSearchParams(query)}`);
    const first = await ask({ ...own, ...filter, limit: '3' });
    expect(first.status).toBe(200);
    const { next_cursor: cursor } = (await first.json()) as { next_cursor: string };
    expect((await ask({ ...own, ...filter, limit: '9', cursor })).status).toBe(200);
    // Neighbours take an id and a direction in place of a filter.
    const told = method === 'neighbours' ? [id('entity'), 'in'] : [filter];
    const tenant = port === 'tenant' ? ['acme'] : [];
    expect(asked.views.map(({ args }) => args)).toEqual([
      [...tenant, ...told, { limit: 3 }],
      [...tenant, ...told, { limit: 9, after: by }],
    ]);

    const others = Object.keys(filter).map((left) => Object.fromEntries(Object.entries(filter).filter(([name]) => name !== left)));
    const elsewhere = [
      ...others.map((fewer) => ({ ...own, ...fewer })),
      ...(port === 'tenant' ? [{ ...filter, tenant_id: 'globex' }] : []),
    ];
    for (const query of elsewhere) {
      const refused = await ask({ ...query, cursor });
      expect([query, refused.status, ((await refused.json()) as { code: string }).code]).toEqual([query, 404, 'INVALID_CURSOR']);
    }
    const stranger = Object.keys(LISTS).find((other) => other !== list && LISTS[other]?.by === undefined) ?? '';
    expect((await app.request(`/api/v1/${stranger.replace('{id}', id('entity'))}?tenant_id=acme&cursor=${cursor}`)).status).toBe(404);
    expect(asked.views).toHaveLength(2);
  },
);
