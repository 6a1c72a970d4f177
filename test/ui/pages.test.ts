/** Every page, findings and paths, and hostile names on all of them. */
import { describe, expect, it } from 'vitest';
import { awsManifest } from '../../connectors/aws/manifest.ts';
import type { Edge } from '../../domain/graph/types.ts';
import type { AuditRecord } from '../../domain/views/types.ts';
import { appUnderTest, detailOf, EMPTY_HOME, findingDetailOf, type Overrides, pathDetailOf } from '../api/app-under-test.ts';
import { OWN_SCRIPT, page, PAGES } from './pages-under-test.ts';
import {
  ACME,
  ago,
  cell,
  cellError,
  cells,
  chain,
  entity,
  failedRun,
  finding,
  id,
  instanceRow,
  pack,
  path,
  RUN,
  scope,
  scopeRow,
  tenant,
} from './records.ts';

describe('every page', () => {
  it.each(PAGES)('%s has one script of our own, no inline one, no inline style and nothing from elsewhere', async (address) => {
    const html = await page(address, { operatorViews: { runDetail: async () => detailOf({ run: failedRun() }) } });
    expect(html.startsWith('<!doctype html><html lang="en">')).toBe(true);
    expect(html).toMatch(OWN_SCRIPT);
    expect(html.replace(OWN_SCRIPT, '')).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|javascript:/i);
    for (const [, address] of html.matchAll(/(?:href|src|action)="([^"]*)"/g))
      expect(address).toMatch(/^(?:\/|#|http:\/\/127\.0\.0\.1:8233)/);
    expect(html).toMatch(/<main id="main"[ >]/);
    expect(html.match(/<h1/g)).toHaveLength(1);
  });

  it('the style sheet, the icon and the script are served under the names that the pages give, and may be kept for ever', async () => {
    const { app } = appUnderTest();
    const html = await (await app.request('/')).text();
    for (const [, address] of html.matchAll(/<(?:link|script)[^>]*(?:href|src)="([^"]*)"/g)) {
      const answer = await app.request(address as string);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toContain('immutable');
    }
  });

  it('an unknown filter, a malformed id and a missing thing are refused as pages for people, as problems for others', async () => {
    const { app } = appUnderTest({ operatorViews: { runDetail: async () => null } });
    const html = { headers: { accept: 'text/html' } };
    for (const [address, status] of [
      ['/operations/runs?everything=1', 400],
      ['/operations/runs?status=fine', 400],
      ['/operations/runs?cursor=x', 404],
      [`/operations/runs/${RUN}`, 404],
      ['/operations/findings?tenant=globex', 404],
      ['/operations/nothing', 404],
      ['/operations/runs/..%2f..', 400],
    ] as const) {
      const answer = await app.request(address, html);
      expect([address, answer.status, answer.headers.get('content-type')]).toEqual([address, status, 'text/html; charset=UTF-8']);
      expect([address, (await app.request(address)).headers.get('content-type')]).toEqual([address, 'application/problem+json']);
    }
  });
});

it('UI-01: the address that the pages are called by leads to the first of them', async () => {
  const { app } = appUnderTest();
  const answer = await app.request('/operations');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/']);
});

describe('findings and paths', () => {
  it('API-05: without a tenant there is only the choice of one', async () => {
    const { app, asked } = appUnderTest();
    const html = await (await app.request('/operations/findings')).text();
    expect(html).toContain('choose a tenant');
    expect(html).toContain('100 or more');
    expect(asked.views.map(({ name }) => name)).toEqual(['operator.tenants', 'operator.urgentFindings']);
  });

  it('lists open findings of a tenant, with filters in the address', async () => {
    const { app, asked } = appUnderTest();
    const html = await (await app.request('/operations/findings?tenant=acme&severity=critical&rule=admin_policy&status=')).text();
    expect(asked.views.find(({ name }) => name === 'tenant.findings')?.args).toEqual([
      ACME,
      { status: 'open', severity: 'critical', rule_id: 'admin_policy' },
      { limit: 25 },
    ]);
    for (const part of ['Findings of', 'critical', 'An identity may do everything', 'deployer', 'open since']) expect(html).toContain(part);
  });

  it('a finding says why it is true, what to do, and how to check its evidence', async () => {
    const rule = {
      id: 'admin_policy',
      version: 1,
      title: 't',
      severity: 'critical',
      rationale: 'Whoever has it can do all.',
      remediation: 'Scope it down.',
      frameworks: { 'OWASP-NHI': ['NHI5:2025'] },
      identity_fields: ['role'],
      reads: [],
    } as const;
    const html = await page(`/operations/findings/acme/${id('finding 1')}`, { deps: { rules: { get: () => rule } } });
    for (const part of [
      'Whoever has it can do all.',
      'Scope it down.',
      'OWASP-NHI NHI5:2025',
      '<svg class="picture"',
      `href="#row-${entity('deployer').id}"`,
      `id="row-${entity('deployer').id}"`,
      'arn:aws:iam::111122223333:role/deployer',
      'Last read',
      `/api/v1/evidence-packs/${pack().digest}/file?tenant_id=acme`,
      pack().digest,
      'dev-key-1',
      'sv0 evidence verify',
    ]) {
      expect(html).toContain(part);
    }
  });

  it('a finding without a pack, a rule or rows still has its page', async () => {
    const proof = { entities: [], edges: [], chains: [], paths: [], truncated: true };
    const html = await page(`/operations/findings/acme/${id('finding 1')}`, {
      tenantViews: { findingDetail: async () => findingDetailOf({ pack: null, proof, tenant_name: null }) },
    });
    expect(html).toContain('None has been built yet');
    expect(html).toContain('More rows prove it');
  });

  it('a path says where it goes and whether it is whole', async () => {
    const detail = pathDetailOf({
      path: path({
        nodes: [entity('a').id, entity('b').id],
        head: entity('a').id,
        tail: entity('b').id,
        completeness: 'open_tail',
        truncated: true,
      }),
      proof: { entities: [entity('a'), entity('b')], edges: [], chains: [], paths: [], truncated: false },
    });
    const html = await page(`/operations/paths/acme/${id('path 1')}`, { tenantViews: { pathDetail: async () => detail } });
    expect(html).toContain('From <bdi>a</bdi> to <bdi>b</bdi>');
    expect(html).toContain('open at its end');
    expect(html).toContain('cut at a bound');
  });
});

const edge = (over: Partial<Edge>): Edge => ({
  id: id('edge'),
  from: id('a'),
  to: id('b'),
  type: 'RUNS_AS',
  category: 'c',
  qualifier: null,
  props: {},
  content_hash: id('e'),
  ...over,
});

const auditRecord = (name: string): AuditRecord => ({
  tenant_id: ACME,
  seq: 1,
  at: ago(1),
  action: name,
  outcome: 'refused',
  actor: name,
  subject: { [name]: name, key_names: [name] },
  previous: '0'.repeat(64),
  hash: 'a'.repeat(64),
});

describe('hostile names', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    '</title></svg><svg onload=alert(1)>',
    'invoice\u202Efdp.exe',
    'x'.repeat(10_000),
    'شركة \u200Fאבג (acme) \u2067x\u2069',
    '\u0000\u0007',
    'javascript:alert(1)',
    '{{7*7}}',
    '\ud800',
  ];

  it.each(HOSTILE.map((name) => [name.slice(0, 40), name]))('%j is text on every page, and nothing else (%#)', async (_, name) => {
    const ill = cell(ago(9), 1, 1, { status: 'failed', errors: [cellError({ message: name, subject: name, code: name })] });
    const bad = failedRun({
      connector: name,
      workflow_id: name,
      category_results: { ...cells(ago(10)), [name]: ill },
      trigger: { type: 'manual_api', source: name, triggered_by_user_id: name },
    });
    const row = detailOf({
      run: bad,
      tenant_name: name,
      scope_name: name,
      instance_name: name,
      pass_findings: [{ id: id('f'), rule_id: name, title: name, severity: 'low', subject_name: name, change: 'updated' }],
    });
    const odd = entity(name, {
      id: id('odd'),
      display_name: name,
      native_id: name,
      source_system: name,
      source_tenant: name,
      subtype: name,
      props: { key: name, list: [name] },
    });
    const proof = { entities: [odd], edges: [], chains: [], paths: [], truncated: false };
    const hostileScope = scopeRow(
      {
        name,
        categories: [name],
        params: { [name]: name, regions: [name] },
        schedule: { kind: 'cron', expression: '0 2 * * *', timezone: 'Europe/Berlin' },
        paused: { note: name, by: name, at: ago(60) },
      },
      { tenant_name: name, instance_name: name },
    );
    const hostileInstance = instanceRow(
      { name, source_tenant: name, config: { endpoint_url: name, [name]: name }, credentials_ref: { provider: 'env', ref: name } },
      {
        tenant_name: name,
        last_resolve: { at: ago(3), granted: false, provider: name, purpose: name, version: name, code: name, key_names: [name] },
        binding: {
          provider: 'aws_assume_role',
          state: 'active',
          target: { provider: 'aws_assume_role', role_arn: name },
          probes: [{ name, expected: 'refused', answer: 'granted', at: ago(3) }],
          changed_at: ago(4),
        },
      },
    );
    const hostile: Overrides = {
      deps: { runLogs: { tail: async () => [name] }, connectors: [{ ...awsManifest, title: name }] },
      operatorViews: {
        runs: async () => ({ items: [row], next: null }),
        runDetail: async () => row,
        scopes: async () => ({ items: [hostileScope, { ...hostileScope, last_run: null }], next: null }),
        scope: async () => hostileScope,
        instances: async () => ({ items: [hostileInstance], next: null }),
        instance: async () => hostileInstance,
        tenants: async () => ({ items: [tenant({ name })], next: null }),
        tenant: async () => tenant({ name }),
        home: async () => ({ ...EMPTY_HOME, problems: [row], never_run: [scope({ name })], never_run_count: 1 }),
      },
      tenantViews: {
        chainDetail: async () => ({
          chain: chain([odd.id, odd.id], [id('e')], { source_system: name, source_tenant: name, builder_version: name }),
          tenant_name: name,
          proof,
        }),
        entity: async () => odd,
        neighbours: async () => ({ items: [{ edge: edge({ from: odd.id, to: odd.id }), entity: odd }], next: { id: 'more' } }),
        auditRecords: async () => ({ items: [auditRecord(name)], next: null }),
        auditVerdict: async () => ({ intact: false, seq: 3, problem: 'changed' }),
        findings: async () => ({ items: [finding({ title: name, subject_name: name, source_system: name, rule_id: name })], next: null }),
        findingDetail: async () =>
          findingDetailOf({
            finding: finding({ title: name, subject_name: name, facts: { [name]: name } }),
            tenant_name: name,
            proof,
            pack: pack({ envelope: { payloadType: '', payload: '', signatures: [{ keyid: name, sig: '' }] } }),
          }),
        pathDetail: async () =>
          pathDetailOf({
            path: path({
              systems: [name],
              head: odd.id,
              tail: odd.id,
              nodes: [odd.id],
              builder_version: name,
              joins: [{ rule: name, left: { entity: odd.id, key: name, value: name }, right: { entity: odd.id, key: name, value: name } }],
            }),
            proof,
          }),
      },
    };
    for (const address of PAGES) {
      const html = (await page(address, hostile)).replace(OWN_SCRIPT, '');
      expect(html).not.toMatch(/<script|<img|onerror=alert\(1\)>|<svg onload|<\/title><\/svg>/);
      expect(html).not.toMatch(/ on[a-z]+=['"]/);
      // A field holds what is stored, as it is, or saving would change it.
      const read = html.replaceAll(/ value="[^"]*"/g, '').replaceAll(/<textarea[^>]*>[^<]*</g, '<');
      expect([address, /[\u0000\u200E\u200F\u202A-\u202E\u2066-\u2069]/.test(read)]).toEqual([address, false]);
      expect([address, html.isWellFormed()]).toEqual([address, true]);
      for (const [, target] of html.matchAll(/(?:href|src|action)="([^"]*)"/g))
        expect(target).toMatch(/^(?:\/|#|http:\/\/127\.0\.0\.1:8233)/);
      // A giant name is cut wherever it is shown; a page stays a page.
      expect(html.length).toBeLessThan(120_000);
    }
  });
});
