/** The pages that write: what is asked of the administration, and what a person sees when it is refused. */
import { describe, expect, it } from 'vitest';
import { plainOnly } from '../../api/pages/typed.ts';
import type { IntakeLinks, IntakeService } from '../../api/ports.ts';
import { awsManifest } from '../../connectors/aws/manifest.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { appUnderTest, type Overrides, STARTED } from '../api/app-under-test.ts';
import { administrationUnderTest } from '../support/administration.ts';
import { ACME, ago, AWS_MAIN, AWS_SCOPE, finding, id, instanceRow, NOW, scopeRow, tenant } from './records.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' };
const post = (fields: readonly (readonly [string, string])[] | Readonly<Record<string, string>>): RequestInit => ({
  method: 'POST',
  headers: FORM,
  body: new URLSearchParams(fields as Record<string, string>).toString(),
});
const SCOPE = `/operations/scopes/${AWS_SCOPE}`;
const INSTANCE = `/operations/instances/${AWS_MAIN}`;
const SECRET = 'a-secret-that-nobody-may-see-again';
const stale = new ConflictError('the scope was changed by someone else meanwhile', {
  code: 'STALE_EDIT',
  actor: 'operator',
  field: 'version',
});

/** The application whose administration refuses one thing. */
function refusing(
  part: 'scopes' | 'instances' | 'tenants' | 'credentials' | 'findings',
  method: string,
  error: Error,
  over: Overrides = {},
) {
  const administration = administrationUnderTest([]);
  const broken = { ...administration, [part]: { ...administration[part], [method]: () => Promise.reject(error) } };
  return appUnderTest({ ...over, deps: { ...over.deps, administration: broken } }).app;
}

const editFields = (over: Readonly<Record<string, string>> = {}): (readonly [string, string])[] => [
  ...Object.entries({ name: 'Only roles', budget: '600', cooldown_seconds: '0', status: 'active', version: '6', ...over }),
  ['categories', 'iam'],
  ['categories', 's3'],
  ['params.regions', 'eu-west-1\r\nus-east-1'],
];

describe('/operations/scopes', () => {
  it('UI-03: schedule in words, the next time, pause with its note, cooldown and its end, last result', async () => {
    const rows = [
      scopeRow({ schedule: { kind: 'cron', expression: '0 2 * * 1-5', timezone: 'Europe/Madrid' }, cooldown_until: ago(-30) }),
      scopeRow({ paused: { note: 'change freeze', by: 'ana', at: ago(60) } }),
      scopeRow({ schedule: null, last_claimed_at: null }, { last_run: null }),
    ];
    const { app } = appUnderTest({ operatorViews: { scopes: async () => ({ items: rows, next: null }) } });
    const html = await (await app.request('/operations/scopes')).text();
    for (const part of [
      'At 02:00 AM, Monday through Friday (Europe/Madrid)',
      'cooling down',
      'in 30 min',
      'change freeze',
      'No schedule',
      'never run',
      'succeeded',
    ])
      expect(html).toContain(part);
  });

  it('UI-03: the next five times come from the server while one types, and by a button without a script', async () => {
    const { app, asked } = appUnderTest();
    const typed = { 'schedule.kind': 'interval', 'schedule.every': '2', 'schedule.unit': 'hours', scope: AWS_SCOPE };
    const piece = await app.request(`/operations/schedule-preview?${new URLSearchParams(typed).toString()}`);
    expect(await piece.text()).toContain('Every hour');
    const fields = { ...typed, 'schedule.expression': '', 'schedule.timezone': 'UTC', version: '6', do: 'preview' };
    const page = await app.request(`${SCOPE}/schedule`, post(fields));
    const html = await page.text();
    expect([page.status, html.includes('Every hour'), html.includes('name="schedule.every" value="2"')]).toEqual([200, true, true]);
    expect(asked.written).toEqual([]);
    const bad = await app.request('/operations/schedule-preview?schedule.kind=interval&schedule.every=soon');
    expect(await bad.text()).toContain('Not valid yet: a whole number');
  });

  it('UI-03: a schedule is saved with the version that it was based on', async () => {
    const { app, asked } = appUnderTest();
    const fields = {
      'schedule.kind': 'cron',
      'schedule.expression': '0 2 * * *',
      'schedule.timezone': 'Europe/Berlin',
      'schedule.every': '60',
      'schedule.unit': 'minutes',
      scope: AWS_SCOPE,
      version: '6',
      do: 'save',
    };
    const answer = await app.request(`${SCOPE}/schedule`, post(fields));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${SCOPE}?done=scheduled`]);
    expect(asked.written).toEqual([
      {
        name: 'scopes.schedule',
        args: [
          AWS_SCOPE,
          { kind: 'cron', expression: '0 2 * * *', timezone: 'Europe/Berlin' },
          { tenant_hint: null, version: 6, by: 'local-operator' },
        ],
      },
    ]);
    await app.request(`${SCOPE}/schedule`, post({ ...fields, 'schedule.kind': 'none' }));
    expect(asked.written[1]?.args[1]).toBeNull();
  });

  it('UI-03: what is wrong is said at its field, and what was typed stays', async () => {
    const error = new InvalidInputError('there is no such time zone', {
      code: 'UNKNOWN_TIMEZONE',
      field: 'schedule.timezone',
      expected: 'an IANA name, such as Europe/Berlin or UTC',
    });
    const fields = {
      'schedule.kind': 'cron',
      'schedule.expression': '7 7 * * 7',
      'schedule.timezone': 'Atlantis',
      scope: AWS_SCOPE,
      version: '6',
      do: 'save',
    };
    const answer = await refusing('scopes', 'schedule', error).request(`${SCOPE}/schedule`, post(fields));
    const html = await answer.text();
    expect(answer.status).toBe(400);
    for (const part of [
      'value="7 7 * * 7"',
      'value="Atlantis"',
      'aria-invalid="true"',
      'Expected: an IANA name',
      'role="alert"',
      '<details class="action" open',
    ])
      expect(html).toContain(part);
  });

  it('UI-03: pause needs a reason; resume, run now and remove ask once each', async () => {
    const { app, asked } = appUnderTest();
    const empty = await app.request(`${SCOPE}/pause`, post({ note: ' ', version: '6' }));
    expect([empty.status, asked.written]).toEqual([400, []]);
    await app.request(`${SCOPE}/pause`, post({ note: 'change freeze', version: '6' }));
    await app.request(`${SCOPE}/resume`, post({ version: '6' }));
    await app.request(`${SCOPE}/remove`, post({ version: '6' }));
    const of = { tenant_hint: null, version: 6, by: 'local-operator' };
    expect(asked.written).toEqual([
      { name: 'scopes.pause', args: [AWS_SCOPE, 'change freeze', of] },
      { name: 'scopes.resume', args: [AWS_SCOPE, of] },
      { name: 'scopes.remove', args: [AWS_SCOPE, of] },
    ]);
    const html = await (await app.request(SCOPE)).text();
    const key = /name="key" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const run = await app.request(`${SCOPE}/run`, post({ key }));
    expect([run.status, run.headers.get('location')]).toEqual([303, `/operations/runs/${STARTED.run_id}?starting=1`]);
    expect(asked.starts).toEqual([
      expect.objectContaining({
        scope_id: AWS_SCOPE,
        source: 'ui',
        override_cooldown: true,
        idempotency_key: key,
        trigger_type: 'manual_api',
      }),
    ]);
    expect(html).toContain('goes, with its schedule and with what only it has read of the graph');
  });

  it('an edit takes categories, bounds and the connector’s parameters; a stale one keeps what was typed beside what is stored', async () => {
    const { app, asked } = appUnderTest();
    const answer = await app.request(`${SCOPE}/edit`, post(editFields()));
    expect(answer.headers.get('location')).toBe(`${SCOPE}?done=saved`);
    expect(asked.written[0]?.args[1]).toEqual({
      name: 'Only roles',
      categories: ['iam', 's3'],
      status: 'active',
      budget: { max_runtime_seconds: 600 },
      cooldown_seconds: 0,
      params: { regions: ['eu-west-1', 'us-east-1'] },
    });
    const refused = await refusing('scopes', 'edit', stale).request(`${SCOPE}/edit`, post(editFields({ version: '3' })));
    const html = await refused.text();
    expect(refused.status).toBe(412);
    for (const part of [
      'somebody else has changed this meanwhile',
      'value="Only roles"',
      'Stored meanwhile: Everything in the main account',
      'name="version" value="6"',
    ])
      expect(html).toContain(part);
  });

  it.each([
    ['budget', { budget: '1e3' }],
    ['cooldown_seconds', { cooldown_seconds: '-1' }],
    ['name', { name: 'x'.repeat(10_000) }],
    ['status', { status: 'gone' }],
    ['surprise', { surprise: 'yes' }],
    ['params', { 'params.surprise': 'yes' }],
  ])('an edit with a wrong %s changes nothing', async (field, over) => {
    const { app, asked } = appUnderTest();
    const answer = await app.request(`${SCOPE}/edit`, post(editFields(over)));
    expect([answer.status, asked.written]).toEqual([400, []]);
    expect(await answer.text()).toContain(field);
  });

  it('a scope that was removed in another tab: a clear message, for its page and for its forms', async () => {
    const gone = { operatorViews: { scope: async () => null } };
    const { app, asked } = appUnderTest(gone);
    const html = { accept: 'text/html' };
    for (const [address, init] of [
      [SCOPE, { headers: html }],
      [`${SCOPE}/edit`, { ...post(editFields()), headers: { ...FORM, ...html } }],
    ] as const) {
      const answer = await app.request(address, init);
      expect([answer.status, (await answer.text()).includes('scope not found')]).toEqual([404, true]);
    }
    const app2 = refusing('scopes', 'pause', new NotFoundError('scope', AWS_SCOPE));
    const late = await app2.request(`${SCOPE}/pause`, { ...post({ note: 'x', version: '6' }), headers: { ...FORM, ...html } });
    expect(late.status).toBe(404);
    expect(asked.written).toEqual([]);
  });

  it('OPS-06: a new scope is made with its schedule; refused, it keeps everything', async () => {
    const fields = (over: Readonly<Record<string, string>> = {}) => [
      ...editFields({
        id: 'acme-aws-roles',
        instance: AWS_MAIN,
        'schedule.kind': 'interval',
        'schedule.every': '30',
        do: 'save',
        ...over,
      }).filter(([name]) => name !== 'status' && name !== 'version'),
    ];
    const { app, asked } = appUnderTest();
    const made = await app.request(`/operations/new/scope?instance=${AWS_MAIN}`, post(fields()));
    expect([made.status, made.headers.get('location')]).toEqual([303, `${SCOPE}?done=created`]);
    expect(asked.written[0]?.args).toEqual([
      AWS_MAIN,
      {
        id: 'acme-aws-roles',
        name: 'Only roles',
        categories: ['iam', 's3'],
        params: { regions: ['eu-west-1', 'us-east-1'] },
        budget: { max_runtime_seconds: 600 },
        cooldown_seconds: 0,
        schedule: { kind: 'interval', every_seconds: 1800 },
      },
      { tenant_hint: ACME, by: 'local-operator' },
    ]);
    const refused = await app.request(`/operations/new/scope?instance=${AWS_MAIN}`, post(fields({ id: 'NOT AN ID' })));
    const html = await refused.text();
    expect(refused.status).toBe(400);
    for (const part of ['value="NOT AN ID"', 'value="Only roles"', 'Expected: 1 to 128 of a-z', 'eu-west-1']) expect(html).toContain(part);
  });
});

describe('/operations/instances', () => {
  it('UI-04: provider and whether it is production-grade, presence and version, last resolve, binding; never a value', async () => {
    const row = instanceRow(
      {},
      {
        binding: {
          provider: 'aws_assume_role',
          state: 'pending',
          target: { provider: 'aws_assume_role', role_arn: 'arn:aws:iam::111122223333:role/sv0' },
          probes: [{ name: 'no_external_id', expected: 'refused', answer: 'granted', at: ago(5) }],
          changed_at: ago(5),
        },
      },
    );
    const { app } = appUnderTest({ operatorViews: { instance: async () => row, instances: async () => ({ items: [row], next: null }) } });
    for (const address of ['/operations/instances', INSTANCE]) {
      const html = await (await app.request(address)).text();
      for (const part of [
        'Environment of the worker',
        'not production-grade',
        'aws access key'.replaceAll(' ', '_'),
        'version 2',
        'granted',
        'pending',
      ])
        expect([address, html.includes(part), part]).toEqual([address, true, part]);
    }
    const html = await (await app.request(INSTANCE)).text();
    expect(html).toContain('but must be refused');
    expect(html).toContain('access_key_id, secret_access_key');
  });

  it('UI-04 API-03: a credential goes in, and never comes out: also not when it is refused', async () => {
    const fields = { kind: 'aws_access_key', 'fields.access_key_id': 'AKIAEXAMPLE', 'fields.secret_access_key': `${SECRET}\r\n` };
    const { app, asked } = appUnderTest();
    const stored = await app.request(`${INSTANCE}/credential`, post(fields));
    expect([stored.status, stored.headers.get('location')]).toEqual([303, `${INSTANCE}?done=stored`]);
    expect(asked.written.at(-1)).toEqual({
      name: 'credentials.put',
      args: [
        ACME,
        AWS_MAIN,
        { kind: 'aws_access_key', fields: { access_key_id: 'AKIAEXAMPLE', secret_access_key: SECRET } },
        'local-operator',
      ],
    });
    const error = new InvalidInputError('the credential is not valid', {
      code: 'INVALID_CREDENTIAL',
      problems: [{ field: 'fields.secret_access_key', expected: 'a secret of at least 8 characters' }],
    });
    const refused = await refusing('credentials', 'put', error).request(`${INSTANCE}/credential`, post(fields));
    const html = await refused.text();
    expect(refused.status).toBe(400);
    expect(html).toContain('Expected: a secret of at least 8 characters');
    expect(html).toContain('value="AKIAEXAMPLE"');
    expect(html).not.toContain(SECRET);
    const unknown = await refusing('credentials', 'put', error).request(`${INSTANCE}/credential`, post({ ...fields, kind: 'other' }));
    expect(await unknown.text()).not.toContain(SECRET);
    const surprise = await app.request(`${INSTANCE}/credential`, post({ ...fields, surprise: SECRET }));
    expect([surprise.status, (await surprise.text()).includes(SECRET)]).toEqual([400, false]);
  });

  it('API-03: of a refused credential nothing that is secret, or not declared, gets as far as the page', () => {
    const typed = { kind: ['aws_access_key'], 'fields.access_key_id': ['AKIA'], 'fields.secret_access_key': [SECRET], other: [SECRET] };
    expect(plainOnly(typed, awsManifest.credential_kinds[0])).toEqual({ 'fields.access_key_id': ['AKIA'] });
    expect(plainOnly(typed, undefined)).toEqual({});
  });

  it('UI-04: create, edit, revoke, remove', async () => {
    const { app, asked } = appUnderTest();
    const common = {
      name: 'Main',
      source_tenant: '111122223333',
      'credentials_ref.provider': 'store',
      'credentials_ref.ref': 'MAIN',
      'config.endpoint_url': 'https://example.test',
      'config.allow_private': 'yes',
    };
    const made = await app.request(
      '/operations/new/instance?tenant=acme&connector=aws',
      post({ ...common, id: 'acme-aws', tenant: 'acme', connector: 'aws' }),
    );
    expect(made.headers.get('location')).toBe(`${INSTANCE}?done=created`);
    const edited = await app.request(`${INSTANCE}/edit`, post({ ...common, status: 'disabled', version: '5' }));
    expect(edited.headers.get('location')).toBe(`${INSTANCE}?done=saved`);
    await app.request(`${INSTANCE}/revoke-credential`, post({}));
    await app.request(`${INSTANCE}/remove`, post({ version: '5' }));
    const content = {
      name: 'Main',
      source_tenant: '111122223333',
      credentials_ref: { provider: 'store', ref: 'MAIN' },
      config: { endpoint_url: 'https://example.test', allow_private: true },
    };
    const by = 'local-operator';
    expect(asked.written.filter(({ name }) => name !== 'credentials.status')).toEqual([
      { name: 'instances.create', args: [ACME, { ...content, id: 'acme-aws', connector: 'aws' }, by] },
      { name: 'instances.edit', args: [AWS_MAIN, { ...content, status: 'disabled' }, { tenant_hint: null, version: 5, by }] },
      { name: 'credentials.revoke', args: [ACME, AWS_MAIN, by] },
      { name: 'instances.remove', args: [AWS_MAIN, { tenant_hint: null, version: 5, by }] },
    ]);
  });

  it('UI-04: the connection test says what is granted, what is missing and what to grant, and what is not known', async () => {
    const permission = (status: 'granted' | 'missing' | 'unknown', advice: string | null) => ({
      permission: `iam:${status}`,
      categories: ['iam'],
      status,
      advice,
    });
    const { app } = appUnderTest({
      deps: {
        connectionTests: {
          latest: async () => ({ status: 'never', result: null }),
          test: async ({ instance_id }) => ({
            tenant_id: ACME,
            instance_id,
            connector: 'aws',
            tested_at: NOW.toISOString(),
            problem: null,
            permissions: [
              permission('granted', null),
              permission('missing', 'grant iam:missing'),
              permission('unknown', 'the source was slow'),
            ],
          }),
        },
      },
    });
    const html = await (await app.request(`${INSTANCE}/test`, post({}))).text();
    for (const part of ['1 missing, 1 unknown, 1 granted', 'grant iam:missing', 'the source was slow']) expect(html).toContain(part);
    expect(html.indexOf('iam:missing')).toBeLessThan(html.indexOf('iam:granted'));
  });
});

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

describe('/operations/audit', () => {
  it('CRED-08: a plain table with filters, whether the chain is whole, and a CSV whose cells no spreadsheet runs; the export is recorded', async () => {
    const record = {
      tenant_id: ACME,
      seq: 7,
      at: NOW,
      action: 'credential.resolve',
      outcome: 'granted',
      actor: '=cmd|x',
      previous: '0'.repeat(64),
      hash: 'a'.repeat(64),
    } as const;
    const { app, asked } = appUnderTest({
      tenantViews: {
        auditRecords: async () => ({ items: [{ ...record, subject: { instance: AWS_MAIN, key_names: ['A', 'B'] } }], next: null }),
        auditVerdict: async () => ({ intact: false, seq: 3, problem: 'missing' }),
      },
    });
    const html = await (await app.request('/operations/audit?tenant=acme&action=credential.resolve&verify=yes')).text();
    for (const part of ['credential.resolve', 'granted', AWS_MAIN, 'A, B', 'broken', 'record 3 is missing']) expect(html).toContain(part);
    const file = await app.request('/operations/audit.csv?tenant=acme');
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="audit-acme.csv"');
    const [head, line] = (await file.text()).split('\r\n');
    expect(head).toBe('"seq","at","action","outcome","actor","subject","previous","hash"');
    expect(line).toContain(`"'=cmd|x"`);
    expect(asked.audits).toEqual([{ tenant: ACME, action: 'audit_exported', actor: 'local-operator', subject: { format: 'csv' } }]);
  });

  it('API-05: another tenant’s, or none: nothing is read', async () => {
    const { app, asked } = appUnderTest();
    expect((await app.request('/operations/audit?tenant=globex')).status).toBe(404);
    expect((await app.request('/operations/audit.csv?tenant=globex')).status).toBe(404);
    expect((await app.request('/operations/audit.csv')).status).toBe(400);
    expect(asked.audits).toEqual([]);
    expect(await (await app.request('/operations/audit')).text()).toContain('choose a tenant');
  });
});

describe('suppressing a finding', () => {
  const address = `/operations/findings/acme/${id('finding 1')}`;
  it('DATA-05: needs a reason and an end; it can be ended', async () => {
    const { app, asked } = appUnderTest();
    const refused = await app.request(`${address}/suppress`, post({ reason: 'accepted until the migration', until: 'soon' }));
    const html = await refused.text();
    expect([refused.status, html.includes('accepted until the migration'), html.includes('Expected: a day as 2027-01-31')]).toEqual([
      400,
      true,
      true,
    ]);
    await app.request(`${address}/suppress`, post({ reason: 'accepted until the migration', until: '2026-12-24' }));
    await app.request(`${address}/unsuppress`, post({}));
    expect(asked.written).toEqual([
      {
        name: 'findings.suppress',
        args: [
          ACME,
          finding().id,
          { reason: 'accepted until the migration', until: new Date('2026-12-24T23:59:59.999Z') },
          'local-operator',
        ],
      },
      { name: 'findings.unsuppress', args: [ACME, finding().id, 'local-operator'] },
    ]);
  });
});

describe('/intake', () => {
  const TOKEN = 't'.repeat(43);
  function intakeApp(over: Partial<IntakeService & IntakeLinks> = {}) {
    const submitted: unknown[] = [];
    const intake: IntakeService & IntakeLinks = {
      create: async () => ({ id: id('link'), token: TOKEN, code: 'ABCDEFGHJK', expires_at: ago(-60) }),
      list: async () => [],
      revoke: async () => {},
      describe: async (token) => {
        if (token !== TOKEN) throw new NotFoundError('intake link', 'unknown');
        const fields = [
          { field: 'access_key_id', required: true, secret: false },
          { field: 'secret_access_key', required: true, secret: true },
        ];
        return { tenant_name: '<b>Acme</b>', connector_title: 'AWS', kind: 'aws_access_key', fields, expires_at: ago(-60) };
      },
      submit: async (...args) => void submitted.push(args),
      ...over,
    };
    // Whoever holds the link is none of our callers.
    const strangers = { callers: { callerOf: async () => null }, intake };
    return { app: appUnderTest({ deps: strangers }).app, signedIn: appUnderTest({ deps: { intake } }).app, submitted };
  }
  const fields = { token: TOKEN, code: 'abcde-fghjk', 'fields.access_key_id': 'AKIAEXAMPLE', 'fields.secret_access_key': SECRET };

  it('CRED-21: the customer needs no account; what he types goes straight in, and nothing of it is shown afterwards', async () => {
    const { app, submitted } = intakeApp();
    const start = await app.request('/intake');
    expect([start.status, start.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const form = await app.request('/intake', post({ token: `https://sv0.example/intake#${TOKEN}` }));
    const html = await form.text();
    expect(html).toContain('&lt;b&gt;Acme&lt;/b&gt;');
    expect(html).not.toMatch(/href="\/operations|href="\/"/);
    const end = await app.request('/intake/submit', post(fields));
    expect([end.status, end.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await end.text()).not.toMatch(new RegExp(`${SECRET}|AKIAEXAMPLE|${TOKEN}`));
    expect(submitted).toEqual([[TOKEN, 'ABCDEFGHJK', { access_key_id: 'AKIAEXAMPLE', secret_access_key: SECRET }]]);
  });

  it('CRED-21: a used, expired, unknown or wrongly coded link: one clear message, nothing stored, nothing echoed', async () => {
    const { app, submitted } = intakeApp({ submit: () => Promise.reject(new NotFoundError('intake link', 'unknown')) });
    for (const answer of [
      await app.request('/intake', post({ token: 'another' })),
      await app.request('/intake/submit', post({ ...fields, token: 'another' })),
      await app.request('/intake/submit', post(fields)),
    ]) {
      const html = await answer.text();
      expect([answer.status, html.includes('This link is not open'), html.includes(SECRET)]).toEqual([404, true, false]);
    }
    expect(submitted).toEqual([]);
  });

  it('CRED-21: a refused field says so and keeps only what is no secret; another site cannot post here', async () => {
    const wrong = new InvalidInputError('the credential is not valid', {
      code: 'INVALID_CREDENTIAL',
      field: 'fields.secret_access_key',
      expected: 'a secret of at least 8 characters',
    });
    const { app } = intakeApp({ submit: () => Promise.reject(wrong) });
    const html = await (await app.request('/intake/submit', post(fields))).text();
    expect(html).toContain('Expected: a secret of at least 8 characters');
    expect(html).toContain('value="AKIAEXAMPLE"');
    expect(html).not.toContain(SECRET);
    expect(html).not.toContain('abcde-fghjk');
    const foreign = { ...post(fields), headers: { ...FORM, origin: 'https://elsewhere.example' } };
    expect((await app.request('/intake/submit', foreign)).status).toBe(403);
    expect((await app.request('/intake/submit', { ...post(fields), headers: { 'content-type': FORM['content-type'] } })).status).toBe(403);
  });

  it('CRED-21: the operator sees link and code once, in the answer that made them', async () => {
    const { signedIn } = intakeApp();
    const made = await (await signedIn.request(`${INSTANCE}/intake`, post({ kind: 'aws_access_key', hours: '24' }))).text();
    expect(made).toContain(`http://localhost/intake#${TOKEN}`);
    expect(made).toContain('ABCDEFGHJK');
    expect(await (await signedIn.request(INSTANCE)).text()).not.toContain(TOKEN);
    expect((await signedIn.request(`${INSTANCE}/intake`, post({ kind: 'aws_access_key', hours: '0' }))).status).toBe(400);
  });
});

it('UI-05: every page that writes refuses who is not signed in, and a form of another site', async () => {
  const strangers = appUnderTest({ deps: { callers: { callerOf: async () => null } } });
  const { app, asked } = appUnderTest();
  for (const address of [
    `${SCOPE}/edit`,
    `${SCOPE}/run`,
    `${INSTANCE}/credential`,
    '/operations/new/tenant',
    '/operations/tenants/acme/offboard',
  ]) {
    expect([address, (await strangers.app.request(address, post({}))).status]).toEqual([address, 401]);
    const foreign = { ...post({}), headers: { ...FORM, origin: 'https://elsewhere.example' } };
    expect([address, (await app.request(address, foreign)).status]).toEqual([address, 403]);
  }
  const late = await strangers.app.request(`${SCOPE}/edit`, { ...post(editFields()), headers: { ...FORM, accept: 'text/html' } });
  expect(await late.text()).toContain('Your session has ended; nothing was changed.');
  expect([...strangers.asked.written, ...asked.written, ...asked.starts]).toEqual([]);
});
