/** Home, runs, and one run. */
import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../domain/errors.ts';
import { scopeId } from '../../domain/ids.ts';
import { RUN_STATUSES } from '../../domain/runs/types.ts';
import { appUnderTest, detailOf, EMPTY_HOME, STARTED } from '../api/app-under-test.ts';
import { FORM, page, post } from './pages-under-test.ts';
import { ago, cell, cellError, failedRun, id, numberedRun, RUN, run, scope } from './records.ts';

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
    expect((await app.request(older.replace('status=failed', 'status=partial'))).status).toBe(404);
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

  it('UI-02: leads to the scope (budget, schedule) and to the instance (credential, connection test); of a run without them it does not', async () => {
    const html = await shown({ run: failedRun() });
    expect(html).toContain('href="/operations/scopes/acme-aws-main-all"');
    expect(html).toContain('href="/operations/instances/acme-aws-main"');
    const gate = await shown({ run: failedRun({ scope_id: scopeId('gate:acme'), instance_id: null }) });
    expect(gate).not.toContain('href="/operations/scopes/gate');
    expect(gate).not.toContain('href="/operations/instances/');
    expect(await shown({ run: failedRun(), scope_name: null })).not.toContain('href="/operations/scopes/acme');
  });

  it('UI-02: the first thing said of a run that went wrong is what happened, who acts, and the next step', async () => {
    const html = await shown({ run: failedRun() });
    const box = html.slice(html.indexOf('aria-label="What now"'), html.indexOf('<h2'));
    const [, ...items] = box.split('<li>').map((item) => item.replaceAll(/<[^>]+>/g, '').trim());
    expect(items[0]).toMatch(/the source refused to list functions PERMISSION_DENIED about lambda:ListFunctions.*The customer acts\. \S/);
  });

  it('UI-02: a panel per stage, categories with their errors and who acts, and the next step', async () => {
    const html = await shown({ run: failedRun() });
    expect(html.match(/<li class="panel">/g)).toHaveLength(6);
    for (const part of [
      'lambda_functions',
      'the source refused to list functions',
      'the customer acts',
      'Ask the customer to grant what reading “lambda_functions” needs',
      '12 entities new or changed',
      'What earlier runs made is still there',
      'skipped',
      'some categories could not be read',
    ]) {
      expect(html).toContain(part);
    }
  });

  it('UI-02: a connector that came back and could read nothing has not succeeded', async () => {
    const once = { asked_at: ago(10), started_at: ago(10), ended_at: ago(9), outcome: 'succeeded', why: null } as const;
    const attempts = { of: async () => ({ preflight: [once], connector: [once] }) };
    const ended = async (over: ReturnType<typeof run>): Promise<readonly string[]> => {
      const html = await page(`/operations/runs/${RUN}`, {
        deps: { attempts },
        operatorViews: { runDetail: async () => detailOf({ run: over }) },
      });
      const rows = /<tbody>(.*?)<\/tbody>/s.exec(html.slice(html.indexOf('Attempts and waits')))?.[1] ?? '';
      return [...rows.matchAll(/<\/svg>([a-z]+)</g)].map(([, word = '']) => word);
    };
    expect(await ended(run())).toEqual(['succeeded', 'succeeded']);
    expect(await ended(failedRun())).toEqual(['succeeded', 'partial']);
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

  it('UI-02: each try of a stage, with the waits between them; and that nobody knows', async () => {
    const at = (seconds: number): Date => new Date(run().started_at.getTime() + seconds * 1_000);
    const once = { asked_at: at(0), started_at: at(0), ended_at: at(1), outcome: 'succeeded', why: null } as const;
    const attempts = {
      preflight: [once],
      connector: [
        {
          ...once,
          asked_at: at(1),
          started_at: at(1),
          ended_at: at(4),
          outcome: 'failed',
          why: 'THROTTLED: <b>the source</b> asks to wait',
        },
        { ...once, asked_at: at(5), started_at: at(25), ended_at: at(30) },
      ],
      sync: [{ ...once, asked_at: at(30), started_at: null, ended_at: null, outcome: 'open' }],
    } as const;
    const html = await page(`/operations/runs/${RUN}`, { deps: { attempts: { of: async () => attempts } } });
    expect(html).toContain('Attempts and waits: 1 tried again');
    expect(html).toContain('tried 2 times');
    const rows = [...html.matchAll(/<tr><th scope="row" class="narrow">(?:preflight|connector|sync)<\/th>.*?<\/tr>/g)].map(([row]) =>
      row
        .replaceAll(/<svg.*?<\/svg>/g, '')
        .replaceAll(/<[^>]+>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    );
    expect(rows.slice(0, 3)).toEqual([
      'preflight 1 0 s 0 s 1 s succeeded',
      'connector 1 1 s 0 s 3 s failed THROTTLED: &lt;b&gt;the source&lt;/b&gt; asks to wait',
      'connector 2 25 s 21 s (for a worker 20 s) 5 s succeeded',
    ]);
    expect(rows[3]).toMatch(/^sync 1 30 s 0 s .* not ended$/);
    expect(await page(`/operations/runs/${RUN}`, { deps: { attempts: { of: async () => null } } })).toContain(
      'Attempts and waits are not known',
    );
  });

  it('UI-02: the log’s end when one is kept, and no panel when none is', async () => {
    const html = await page(`/operations/runs/${RUN}`, { deps: { runLogs: { tail: async () => ['line one', '<b>line two</b>'] } } });
    expect(html).toContain('&lt;b&gt;line two&lt;/b&gt;');
    expect(await shown({})).not.toContain('End of the log');
    const silent = { runLogs: { tail: async () => [] } };
    expect(await page(`/operations/runs/${RUN}`, { deps: silent })).not.toContain('End of the log');
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
    const refusing = appUnderTest({ deps: { runControl: { start: conflict, retry: conflict, cancel: conflict, outcome: conflict } } });
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
