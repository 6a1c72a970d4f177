/** The pages of scopes: schedules, edits, runs, and what a person sees when one is refused. */
import { describe, expect, it } from 'vitest';
import { ConflictError, InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { appUnderTest, STARTED } from '../api/app-under-test.ts';
import { editFields, FORM, post, refusing, SCOPE } from './pages-under-test.ts';
import { ACME, ago, AWS_MAIN, AWS_SCOPE, scopeRow } from './records.ts';

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
