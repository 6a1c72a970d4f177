import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELL_STATUSES, type Cell, STAGE_CELLS } from '../../domain/runs/types.ts';
import { gateScopeId, ingestScopeId } from '../../domain/ids.ts';
import { errorsOf, stageHistory, stagesOf, usualDuration } from '../../ui/view-models/stages.ts';
import { troublesByActor } from '../../ui/view-models/who-acts.ts';
import { ACME, ago, AWS_MAIN, cell, cellError, cells, failedRun, numberedRun, run } from './records.ts';

const start = ago(10);
const words = (over: Parameters<typeof run>[0]): Record<string, string> =>
  Object.fromEntries(stagesOf(run(over)).map(({ name, status }) => [name, status]));

describe('stages of a run', () => {
  it('UI-01: six stages; the connector’s categories are one, with their sum', () => {
    const stages = stagesOf(failedRun());
    expect(stages.map(({ name, status, items }) => [name, status, items])).toEqual([
      ['connector', 'partial', 42 + 180 + 0 + 31],
      ['sync', 'succeeded', 12],
      ['chain', 'succeeded', 9],
      ['stitch', 'succeeded', 2],
      ['eval', 'succeeded', 3],
      ['evidence', 'skipped', null],
    ]);
  });

  it('UI-01: a running run shows the one stage at work and the ones that wait', () => {
    const base = { status: 'running', ended_at: null, sync_id: null, derivation_pass: null } as const;
    expect(words({ ...base, category_results: {}, collected_at: null })).toMatchObject({
      connector: 'running',
      sync: 'waiting',
      chain: 'waiting',
    });
    const { iam_users } = cells(start);
    expect(words({ ...base, category_results: { iam_users: iam_users as Cell } })).toMatchObject({
      connector: 'succeeded',
      sync: 'running',
      chain: 'waiting',
    });
    const synced = { iam_users: iam_users as Cell, __sync: cell(start, 44, 6) };
    expect(words({ ...base, category_results: synced })).toMatchObject({ sync: 'succeeded', chain: 'waiting', evidence: 'waiting' });
    expect(words({ ...base, category_results: synced, derivation_pass: 3 })).toMatchObject({ chain: 'running', stitch: 'waiting' });
  });

  it('RUN-16: a gate run has no connector, sync, eval or evidence; an ingest run has no connector', () => {
    const gate = {
      scope_id: gateScopeId(ACME),
      derive_cells: ['__chain', '__stitch'] as const,
      category_results: { __chain: cell(start, 1, 2) },
      status: 'running' as const,
      derivation_pass: 4,
    };
    expect(words(gate)).toEqual({
      connector: 'not_asked',
      sync: 'not_asked',
      chain: 'succeeded',
      stitch: 'running',
      eval: 'not_asked',
      evidence: 'not_asked',
    });
    expect(words({ scope_id: ingestScopeId(AWS_MAIN), category_results: {}, status: 'running' })).toMatchObject({
      connector: 'not_asked',
      sync: 'running',
    });
  });

  it('RUN-06: a failure of the connector process itself is the connector’s status', () => {
    expect(
      words({ status: 'failed', category_results: { __driver__: cell(start, 0, 3, { status: 'failed', errors: [cellError()] }) } }),
    ).toMatchObject({ connector: 'failed', sync: 'not_reached' });
  });

  it('at most one stage runs, and nothing waits or runs in a run that is over', () => {
    const anyCell = fc.constantFrom(...CELL_STATUSES).map((status) => cell(start, 1, 1, { status }));
    const anyCells = fc.dictionary(fc.constantFrom(...STAGE_CELLS, '__driver__', 'users', 'roles'), anyCell, { noNullPrototype: true });
    fc.assert(
      fc.property(anyCells, fc.boolean(), fc.option(fc.nat(9)), (category_results, over, derivation_pass) => {
        const statuses = stagesOf(run({ category_results, status: over ? 'failed' : 'running', derivation_pass })).map(
          ({ status }) => status,
        );
        expect(statuses.filter((status) => status === 'running').length).toBeLessThanOrEqual(over ? 0 : 1);
        expect(over && statuses.includes('waiting')).toBe(false);
      }),
    );
  });
});

describe('over earlier runs', () => {
  const point = (items: Record<string, number>, seconds: number | null) => ({
    run_id: numberedRun(1),
    status: 'succeeded' as const,
    started_at: start,
    ended_at: seconds === null ? null : new Date(start.getTime() + seconds * 1000),
    items,
  });
  it('UI-01: numbers of a stage, with gaps where a run has none', () => {
    const history = [point({ users: 3, roles: 4, __sync: 7 }, 5), point({ __driver__: 0 }, 5), point({ users: 1, __chain: 2 }, 5)];
    expect(stageHistory('connector', history)).toEqual([7, null, 1]);
    expect(stageHistory('sync', history)).toEqual([7, null, null]);
    expect(stageHistory('chain', history)).toEqual([null, null, 2]);
  });
  it('the usual duration is the median of completed runs, and unknown for fewer than three', () => {
    expect(usualDuration([point({}, 10), point({}, 500), point({}, 20), point({}, null)])).toBe(20_000);
    expect(usualDuration([point({}, 10), point({}, 500)])).toBeNull();
  });
});

describe('who acts', () => {
  const rowOf = (errors: readonly ReturnType<typeof cellError>[], reason: Parameters<typeof run>[0] = {}) => ({
    run: failedRun({ category_results: { users: cell(start, 0, 1, { status: 'failed', errors }) }, ...reason }),
    tenant_name: null,
    scope_name: null,
    instance_name: null,
    history: [],
  });

  it('RUN-17: a run is listed under everyone who must act, each with one step; under nobody only when there is no one else', () => {
    const both = rowOf([
      cellError(),
      cellError({ actor: 'operator', code: 'BUDGET_EXCEEDED', class: 'timeout' }),
      cellError({ actor: 'nobody', class: 'transient' }),
      cellError(),
    ]);
    const passing = rowOf([cellError({ actor: 'nobody', class: 'transient', code: 'THROTTLED' })]);
    const groups = troublesByActor([both, passing]);
    expect(groups.get('customer')).toMatchObject([
      { row: both, more: 1, next_step: 'Ask the customer to grant what reading “users” needs, then re-run.' },
    ]);
    expect(groups.get('operator')).toMatchObject([{ row: both, more: 0, next_step: expect.stringContaining('budget') as string }]);
    expect(groups.get('engineer')).toEqual([]);
    expect(groups.get('nobody')).toMatchObject([{ row: passing }]);
  });

  it('CRED-13: a missing credential is something that the customer’s connection needs, and says which step', () => {
    const row = rowOf([cellError({ code: 'CREDENTIALS_REQUIRED' })]);
    expect(troublesByActor([row]).get('customer')?.[0]?.next_step).toBe('Give the connector instance a credential, then re-run.');
  });

  it.each([
    ['AWS_ACCOUNT_MISMATCH', 'customer', /^Pause the schedule first/],
    ['AWS_CREDENTIALS_INVALID', 'customer', /^Have the customer provide a credential/],
    ['CONNECTOR_EXITED', 'engineer', /the end of its log/],
    ['SOURCE_THROTTLED', 'nobody', /^Wait for the next scheduled run, or re-run/],
    ['LAMP_BROKEN', 'engineer', /^Give an engineer the run’s id and the end of its log/],
  ] as const)('RUN-17: of %s the step is its own, and not what its actor and class have in common', (code, actor, step) => {
    expect(troublesByActor([rowOf([cellError({ code, actor })])]).get(actor)?.[0]?.next_step).toMatch(step);
  });

  it('a run that ended badly without an error still has someone', () => {
    const groups = troublesByActor([
      rowOf([], { reason: 'orphaned' }),
      rowOf([], { reason: 'rule_errors' }),
      rowOf([], { reason: 'budget_exceeded' }),
    ]);
    expect([...groups].map(([actor, troubles]) => [actor, troubles.length])).toEqual([
      ['customer', 0],
      ['operator', 1],
      ['engineer', 1],
      ['nobody', 1],
    ]);
  });

  it('errors are in pipeline order: process, categories by name, stages', () => {
    const failing = (code: string): Cell => cell(start, 0, 1, { status: 'failed', errors: [cellError({ code })] });
    const category_results = {
      __eval: failing('E'),
      zeta: failing('Z'),
      alpha: failing('A'),
      __driver__: failing('D'),
      __sync: failing('S'),
    };
    expect(errorsOf(run({ category_results })).map(({ error }) => error.code)).toEqual(['D', 'A', 'Z', 'S', 'E']);
    // Of a connector that only sums up what its categories say, these come first: "AWS did not answer" is what happened.
    const summed = { ...category_results, __driver__: failing('CONNECTOR_TRANSIENT') };
    expect(errorsOf(run({ category_results: summed })).map(({ error }) => error.code)).toEqual(['A', 'Z', 'CONNECTOR_TRANSIENT', 'S', 'E']);
  });
});
