import { describe, expect, it } from 'vitest';
import { awsManifest } from '../../connectors/aws/manifest.ts';
import { ConflictError } from '../../domain/errors.ts';
import type { Edge } from '../../domain/graph/types.ts';
import { RUN_STATUSES } from '../../domain/runs/types.ts';
import type { AuditRecord } from '../../domain/views/types.ts';
import { appUnderTest, detailOf, EMPTY_HOME, findingDetailOf, type Overrides, pathDetailOf, STARTED } from '../api/app-under-test.ts';
import {
  ACME,
  ago,
  AWS_MAIN,
  AWS_SCOPE,
  cell,
  cellError,
  cells,
  chain,
  entity,
  failedRun,
  finding,
  id,
  instanceRow,
  numberedRun,
  pack,
  path,
  RUN,
  run,
  scope,
  scopeRow,
  tenant,
} from './records.ts';

async function page(address: string, over: Overrides = {}): Promise<string> {
  const answer = await appUnderTest(over).app.request(address);
  expect([address, answer.status]).toEqual([address, 200]);
  expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
  return answer.text();
}
const FORM = { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' };
const post = (body = ''): RequestInit => ({ method: 'POST', headers: FORM, body });

const PAGES = [
  '/',
  '/operations/runs',
  `/operations/runs/${RUN}`,
  '/operations/findings',
  '/operations/findings?tenant=acme',
  `/operations/findings/acme/${id('finding 1')}`,
  `/operations/paths/acme/${id('path 1')}`,
  `/operations/chains/acme/${id('chain 1')}`,
  `/operations/entities/acme/${id('entity deployer')}`,
  '/operations/scopes',
  `/operations/scopes/${AWS_SCOPE}`,
  `/operations/new/scope?instance=${AWS_MAIN}`,
  '/operations/instances',
  `/operations/instances/${AWS_MAIN}`,
  '/operations/new/instance',
  '/operations/new/instance?tenant=acme&connector=aws',
  '/operations/tenants',
  '/operations/tenants/acme',
  '/operations/new/tenant',
  '/operations/audit',
  '/operations/audit?tenant=acme',
  '/operations/audit?tenant=acme&verify=yes',
];
const OWN_SCRIPT = /<script src="\/assets\/help\.[0-9a-f]{16}\.js" type="module"><\/script>/;

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
      ['/operations/runs?cursor=x', 400],
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

describe('/operations/runs', () => {
  it('UI-01: each run with status in words, tenant, scope, connector, trigger and by whom, start, duration, stages and first error', async () => {
    const row = detailOf({
      run: failedRun({ trigger: { type: 'manual_api', source: 'ui', triggered_by_user_id: 'ana@acme.example', retry_of: numberedRun(4) } }),
    });
    const html = await page('/operations/runs', { operatorViews: { runs: async () => ({ items: [row], next: null }) } });
    for (const part of [
      'partial',
      'Acme Robotics',
      'Everything in the main account',
      'Main account',
      'aws',
      'retry by <bdi>ana@acme.example</bdi>',
      '10 min ago',
      '2026-11-22 06:20:00 UTC',
      '1 min 6 s',
      'the source refused to list functions',
      'PERMISSION_DENIED',
      'lambda:ListFunctions',
    ]) {
      expect(html).toContain(part);
    }
    for (const stage of ['connector', 'sync', 'chain', 'stitch', 'eval', 'evidence'])
      expect(html).toContain(`<span class="stage">${stage}</span>`);
  });

  it('UI-01: a sparkline over the scope’s last runs in every stage, said in words too', async () => {
    const history = Array.from({ length: 20 }, (_, index) => ({
      run_id: numberedRun(index + 100),
      status: 'succeeded' as const,
      started_at: ago(900 - index),
      ended_at: ago(899 - index),
      items: { iam_users: index, __sync: 5, __chain: index * 100 },
    }));
    const html = await page('/operations/runs', { operatorViews: { runs: async () => ({ items: [detailOf({ history })], next: null }) } });
    expect(html.match(/<svg class="spark"/g)).toHaveLength(3);
    expect(html).toContain('aria-label="execution chains created or updated: 0 to 1,900 over 20 runs"');
    expect(html).toContain('aria-label="entities created or updated: 5 over 20 runs"');
    // This run is not among the last 20: none of the bars is its own. Its time is as usual, and so needs no word.
    expect(html).not.toContain('class="own"');
    expect(html).not.toContain('usually');
  });

  it('UI-01: a duration far from the scope’s usual says so, and the run’s own bar stands out', async () => {
    const history = [1, 2, 3].map((index) => ({
      run_id: index === 3 ? RUN : numberedRun(index),
      status: 'succeeded' as const,
      started_at: ago(90 - index),
      ended_at: ago(89 - index),
      items: { __sync: index },
    }));
    const slow = detailOf({ history, run: run({ ended_at: ago(1) }) });
    const html = await page('/operations/runs', { operatorViews: { runs: async () => ({ items: [slow], next: null }) } });
    expect(html).toContain('9 min<span class="quiet"> (usually 1 min)</span>');
    expect(html.match(/class="own"/g)).toHaveLength(1);
  });

  it.each(RUN_STATUSES)('status %s is a word beside its shape', async (status) => {
    const html = await page('/operations/runs', {
      operatorViews: {
        runs: async () => ({ items: [detailOf({ run: run({ status, ended_at: status === 'running' ? null : ago(1) }) })], next: null }),
      },
    });
    expect(html).toMatch(
      new RegExp(
        `<span class="mark \\w+"><svg class="icon[^"]*" viewBox="0 0 16 16" aria-hidden="true"><path d="[^"]+"></path></svg>${status}</span>`,
      ),
    );
  });

  it('UI-01: filters are in the address, asked of the view, kept in the form and carried to the next page', async () => {
    const next = { at: ago(30).toISOString(), id: numberedRun(30) };
    const { app, asked } = appUnderTest({ operatorViews: { runs: async () => ({ items: [detailOf()], next }) } });
    const html = await (await app.request('/operations/runs?tenant=acme&status=failed&connector=aws&scope=')).text();
    expect(asked.views[0]).toEqual({
      name: 'operator.runs',
      args: [{ tenant_id: 'acme', status: 'failed', connector: 'aws' }, { limit: 25 }],
    });
    expect(html).toMatch(/<option value="failed" selected[^>]*>/);
    const older =
      /href="(\/operations\/runs\?tenant=acme&amp;status=failed&amp;connector=aws&amp;cursor=[^"]+)" rel="next"/
        .exec(html)?.[1]
        ?.replaceAll('&amp;', '&') ?? '';
    expect((await app.request(older)).status).toBe(200);
    expect(asked.views.filter(({ name }) => name === 'operator.runs')[1]?.args[1]).toEqual({ limit: 25, after: next });
    expect((await app.request(older.replace('status=failed', 'status=partial'))).status).toBe(400);
  });

  it('an empty page says what will appear and how', async () => {
    const empty = { operatorViews: { runs: async () => ({ items: [], next: null }) } };
    expect(await page('/operations/runs', empty)).toContain('sv0 scan');
    expect(await page('/operations/runs?status=failed', empty)).toContain('No run matches these filters.');
  });
});

describe('/operations/runs/:id', () => {
  const shown = (over: Parameters<typeof detailOf>[0]) =>
    page(`/operations/runs/${RUN}`, { operatorViews: { runDetail: async () => detailOf(over) } });

  it('UI-02 FLOW-08: header, a link to the workflow in Temporal, and to the retry’s parent and children', async () => {
    const html = await shown({
      run: run({ trigger: { type: 'manual_api', source: 'ui', triggered_by_user_id: 'ana', retry_of: numberedRun(4) } }),
      retries: [numberedRun(5)],
    });
    expect(html).toContain(
      `href="http://127.0.0.1:8233/namespaces/default/workflows/scan%2Facme-aws-main-all%2F2026-11-22T06%3A20%3A00Z/${RUN}"`,
    );
    expect(html).toContain(`/operations/runs/${numberedRun(4)}`);
    expect(html).toContain(`/operations/runs/${numberedRun(5)}`);
    expect(html).toContain('of a budget of 30 min');
  });

  it('UI-02: a panel per stage, categories with their errors and who acts, and the next step', async () => {
    const html = await shown({ run: failedRun() });
    expect(html.match(/<li class="panel">/g)).toHaveLength(6);
    for (const part of [
      'lambda_functions',
      'the source refused to list functions',
      'the customer acts',
      'Ask the customer to grant what reading “lambda_functions” needs',
      '12 entities upserted',
      'skipped',
      'some categories could not be read',
    ]) {
      expect(html).toContain(part);
    }
  });

  it('UI-02 DATA-10: what changed in the graph and in the findings', async () => {
    const sync = {
      id: 'sync-1',
      graph_digest: id('g'),
      entities: { created: 1200, updated: 3, removed: 1, unchanged: 40_000 },
      edges: { created: 7, updated: 0, removed: 0, unchanged: 2 },
      dangling_edges: 2,
      scrubbed_strings: 1,
      changes: [{ change: 'removed', kind: 'entity', id: id('e'), name: 'old-role' } as const],
      changes_truncated: false,
      started_at: ago(9),
      completed_at: ago(9),
    };
    const found = {
      id: id('f'),
      rule_id: 'r',
      title: 'An identity may do everything',
      severity: 'critical',
      subject_name: 'deployer',
    } as const;
    const html = await shown({
      sync,
      pass_findings: [
        { ...found, change: 'created' },
        { ...found, change: 'resolved', id: id('f2') },
      ],
      superseded_pass: true,
    });
    for (const part of [
      '1,200',
      '40,000',
      '2 edges left out',
      '1 value looked like a secret',
      'removed entity <bdi>old-role</bdi>',
      'opened (1)',
      'resolved (1)',
      `/operations/findings/acme/${id('f')}`,
      'Later passes have run since',
    ]) {
      expect(html).toContain(part);
    }
  });

  it('UI-02: the log’s end when one is kept, and no panel when none is', async () => {
    const html = await page(`/operations/runs/${RUN}`, { deps: { runLogs: { tail: async () => ['line one', '<b>line two</b>'] } } });
    expect(html).toContain('&lt;b&gt;line two&lt;/b&gt;');
    expect(await shown({})).not.toContain('End of the log');
  });

  it('UI-02: a run that is over can be run again once per click, a running one can be cancelled, a gate run neither', async () => {
    const over = await shown({});
    expect(over).toContain(`method="post" action="/operations/runs/${RUN}/retry"`);
    expect(over).not.toContain('/cancel"');
    const busy = await shown({ run: run({ status: 'running', ended_at: null }) });
    expect(busy).toContain(`method="post" action="/operations/runs/${RUN}/cancel"`);
    expect(busy).toContain('ends as failed, with the reason cancelled');
    const gate = await shown({ run: run({ trigger: { type: 'deploy_gate', source: 'gate:1', triggered_by_user_id: null } }) });
    expect(gate).not.toContain('<form');
  });

  it('UI-02 RUN-08: “Re-run” asks the control once and goes to the new run, which may not be there yet', async () => {
    let known = false;
    const { app, asked } = appUnderTest({ operatorViews: { runDetail: async (wanted) => (wanted === RUN || known ? detailOf() : null) } });
    const html = await (await app.request(`/operations/runs/${RUN}`)).text();
    const key = /name="key" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const answer = await app.request(`/operations/runs/${RUN}/retry`, post(`key=${key}`));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/operations/runs/${STARTED.run_id}?starting=1`]);
    expect(asked.retries).toEqual([{ run_id: RUN, tenant_hint: null, source: 'ui', user_id: 'local-operator', idempotency_key: key }]);

    const waiting = await app.request(`/operations/runs/${STARTED.run_id}?starting=1`);
    expect(waiting.headers.get('refresh')).toBe(`2; url=/operations/runs/${STARTED.run_id}?starting=2`);
    expect(await waiting.text()).toContain('The run is starting');
    const gaveUp = await app.request(`/operations/runs/${STARTED.run_id}?starting=15`);
    expect([gaveUp.headers.get('refresh'), (await gaveUp.text()).includes('This run has no record')]).toEqual([null, true]);
    known = true;
    expect(await (await app.request(`/operations/runs/${STARTED.run_id}?starting=2`)).text()).toContain('Run of');
  });

  it('UI-02: “Cancel” asks the control and comes back; a refusal is said on the page', async () => {
    const { app, asked } = appUnderTest();
    const answer = await app.request(`/operations/runs/${RUN}/cancel`, post());
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/operations/runs/${RUN}`]);
    expect(asked.cancels).toEqual([{ run_id: RUN, tenant_hint: null, source: 'ui', user_id: 'local-operator' }]);

    const conflict = () => Promise.reject(new ConflictError('the run is over already', { code: 'RUN_OVER' }));
    const refusing = appUnderTest({ deps: { runControl: { start: conflict, retry: conflict, cancel: conflict } } });
    const refused = await refusing.app.request(`/operations/runs/${RUN}/cancel`, post());
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain('Not done: the run is over already');
  });

  it('forms with fields that are not theirs, or another type, are refused', async () => {
    const { app, asked } = appUnderTest();
    expect((await app.request(`/operations/runs/${RUN}/cancel`, post('scope=x'))).status).toBe(400);
    expect((await app.request(`/operations/runs/${RUN}/retry`, post())).status).toBe(400);
    expect(
      (await app.request(`/operations/runs/${RUN}/retry`, { ...post('{}'), headers: { ...FORM, 'content-type': 'text/plain' } })).status,
    ).toBe(415);
    expect([...asked.cancels, ...asked.retries]).toEqual([]);
  });
});

describe('/', () => {
  const row = (over: Parameters<typeof run>[0]) => ({
    run: failedRun(over),
    tenant_name: 'Acme Robotics',
    scope_name: 'Main',
    instance_name: null,
    history: [],
  });
  const home = (over: Partial<typeof EMPTY_HOME>) => page('/', { operatorViews: { home: async () => ({ ...EMPTY_HOME, ...over }) } });

  it('RUN-17: groups what is wrong by who acts, each with its next step', async () => {
    const engineer = row({
      reason: 'rule_errors',
      category_results: {
        __eval: cell(ago(9), 1, 1, {
          status: 'partial',
          errors: [cellError({ actor: 'engineer', code: 'RULE_THREW', subject: 'admin_policy' })],
        }),
      },
    });
    const html = await home({ problems: [row({}), engineer], active_scopes: 14, last_ended_at: ago(3) });
    expect(html).toContain('2 scopes have a problem');
    expect(html.indexOf('The customer acts (1)')).toBeLessThan(html.indexOf('An engineer acts (1)'));
    expect(html).toContain('Mend the rule that threw');
    expect(html).not.toContain('An operator acts');
    expect(html).toContain('3 min ago');
  });

  it('says that all is healthy only when every scope has run', async () => {
    expect(await home({ active_scopes: 14, last_ended_at: ago(3) })).toContain('All 14 scopes are healthy');
    const unknown = await home({ active_scopes: 14, never_run: [scope({ schedule_id: null })], never_run_count: 1 });
    expect(unknown).not.toContain('healthy');
    expect(unknown).toContain('Not known yet (1)');
    expect(unknown).toContain('has no schedule');
    expect(await home({})).toContain('No scope is set up yet');
  });

  it('tells the runs of the last day in numbers and words', async () => {
    const recent = [run({}), run({ status: 'failed' }), run({ status: 'failed' })].map(({ status, started_at }, index) => ({
      run_id: numberedRun(index + 100),
      status,
      started_at,
    }));
    const html = await home({ recent, active_scopes: 1 });
    expect(html).toMatch(/<a href="\/operations\/runs\?status=failed"><span class="mark bad">.*?failed<\/span> 2<\/a>/);
  });
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
    '\u0000\u0007',
    'javascript:alert(1)',
    '{{7*7}}',
    '\ud800',
  ];

  it.each(HOSTILE)('%j is text on every page, and nothing else (%#)', async (name) => {
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
      expect([address, read.includes('\u202E'), read.includes('\u0000')]).toEqual([address, false, false]);
      expect([address, html.isWellFormed()]).toEqual([address, true]);
      for (const [, target] of html.matchAll(/(?:href|src|action)="([^"]*)"/g))
        expect(target).toMatch(/^(?:\/|#|http:\/\/127\.0\.0\.1:8233)/);
      // A giant name is cut wherever it is shown; a page stays a page.
      expect(html.length).toBeLessThan(120_000);
    }
  });
});
