/** The pages that write: what is asked of the administration, and what a person sees when it is refused. */
import { describe, expect, it } from 'vitest';
import { ConflictError, InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import { appUnderTest, STARTED } from '../api/app-under-test.ts';
import { isFormula, readCsv } from '../support/csv.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { editFields, FORM, INSTANCE, post, refusing, SCOPE, SECRET } from './pages-under-test.ts';
import { ACME, ago, AWS_MAIN, AWS_SCOPE, finding, id, NOW, scopeRow, tenant } from './records.ts';

const stale = new ConflictError('the scope was changed by someone else meanwhile', {
  code: 'STALE_EDIT',
  actor: 'operator',
  field: 'version',
});

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

  it('CRED-08: whatever an actor or a subject is called, no cell of the CSV is a formula, and each name reads back from its own row', async () => {
    const records = HOSTILE_NAMES.map((name, n) => ({
      tenant_id: ACME,
      seq: HOSTILE_NAMES.length - n,
      at: NOW,
      action: 'finding.suppressed',
      outcome: 'done' as const,
      actor: name,
      subject: Object.fromEntries([
        ['finding', name],
        ['names', [name]],
        [name, name],
      ]),
      previous: '0'.repeat(64),
      hash: 'a'.repeat(64),
    }));
    const { app } = appUnderTest({
      tenantViews: {
        // Two pages: the export asks until there is no more.
        auditRecords: async (_tenant, _filter, { after }) =>
          after === undefined ? { items: records.slice(0, 9), next: { seq: 1 } } : { items: records.slice(9), next: null },
      },
    });
    const [head = [], ...rows] = readCsv(await (await app.request('/operations/audit.csv?tenant=acme')).text());
    expect(rows.flat().filter(isFormula)).toEqual([]);
    const column = (name: string): string[] => rows.map((row) => row[head.indexOf(name)] ?? '');
    expect(column('seq')).toEqual(records.map(({ seq }) => String(seq)));
    expect(column('actor').map((actor, n) => (actor === HOSTILE_NAMES[n] ? actor : actor.slice(1)))).toEqual(HOSTILE_NAMES);
    for (const tab of ['=', '+', '-', '@', '\t', '\r']) expect(column('actor').some((actor) => actor.startsWith(`'${tab}`))).toBe(true);
    expect(column('subject').map((text) => JSON.parse(text))).toEqual(records.map(({ subject }) => subject));
  });

  it('CRED-08: the platform’s own log is offered and shown as a tenant’s, though it is no row', async () => {
    const { app } = appUnderTest();
    expect(await (await app.request('/operations/audit')).text()).toContain(`/operations/audit?tenant=${encodeURIComponent(PLATFORM)}`);
    const shown = await app.request(`/operations/audit?tenant=${PLATFORM}`);
    expect([shown.status, await shown.text()]).toEqual([200, expect.stringContaining('The platform')]);
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
  const ended = await late.text();
  expect(ended).toContain('Your session has ended; nothing was changed.');
  expect(ended).toContain(`<form method="post" action="${SCOPE}/edit">`);
  for (const [name, value] of editFields()) expect(ended.replaceAll('\n', '\r\n')).toContain(`name="${name}" value="${value}"`);
  const address = '/operations/new/instance?tenant=acme&connector=aws';
  const made = await strangers.app.request(address, { ...post({ name: 'Typed' }), headers: { ...FORM, accept: 'text/html' } });
  expect(await made.text()).toContain(`<form method="post" action="${address.replace('&', '&amp;')}">`);
  const secret = await strangers.app.request(`${INSTANCE}/credential`, {
    ...post({ kind: 'aws_access_key', 'fields.secret_access_key': SECRET }),
    headers: { ...FORM, accept: 'text/html' },
  });
  const kept = await secret.text();
  expect(kept).toContain('it has to be entered once more');
  expect(kept).not.toContain(SECRET);
  expect([...strangers.asked.written, ...asked.written, ...asked.starts]).toEqual([]);
});
