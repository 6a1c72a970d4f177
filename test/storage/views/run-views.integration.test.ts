/** Runs, one run, home and sparklines on a real MongoDB-wire server. */
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../domain/canonical.ts';
import { ingestScopeId, scopeId, type TenantId } from '../../../domain/ids.ts';
import type { TimePosition } from '../../../domain/views/types.ts';
import {
  ACME,
  ago,
  AWS_MAIN,
  AWS_SCOPE,
  cell,
  cells,
  failedRun,
  finding,
  GLOBEX,
  id,
  MINUTE,
  NOW,
  numberedRun,
  RUN,
  run,
} from '../../ui/records.ts';
import { findingDoc } from './store.ts';
import { all, GLOBEX_SCOPE, viewsUnderTest } from './views-under-test.ts';

const { database, views } = viewsUnderTest();

describe('runs', () => {
  beforeEach(async () => {
    const own = Array.from({ length: 30 }, (_, index) =>
      run({
        _id: numberedRun(index),
        started_at: ago(index * 30),
        status: index % 5 === 0 ? 'failed' : 'succeeded',
        connector: index % 2 === 0 ? 'aws' : 'github',
      }),
    );
    // Two that began at the same instant as another.
    const ties = [run({ _id: numberedRun(100), started_at: ago(60) }), run({ _id: numberedRun(101), started_at: ago(60) })];
    await database.collections.scanRuns.insertMany([
      ...own,
      ...ties,
      run({ _id: numberedRun(200), tenant_id: GLOBEX, scope_id: GLOBEX_SCOPE, started_at: ago(45) }),
    ]);
  });

  it('API-02 API-05: of one tenant, newest first, every one once, in pages of any size', async () => {
    const stored = (await database.collections.scanRuns.find({ tenant_id: ACME }).toArray()).sort(
      (a, b) => b.started_at.getTime() - a.started_at.getTime() || (a._id < b._id ? 1 : -1),
    );
    for (const limit of [1, 7, 200]) {
      const seen = await all((more: { after?: TimePosition }) => views().tenant.runs(ACME, {}, { limit, ...more }));
      expect(seen).toEqual(stored);
    }
  });

  it('UI-01: filters together', async () => {
    const seen = await all((more: { after?: TimePosition }) =>
      views().tenant.runs(ACME, { status: 'failed', connector: 'aws', scope_id: AWS_SCOPE }, { limit: 2, ...more }),
    );
    expect(seen.map(({ _id }) => _id)).toEqual([0, 10, 20].map(numberedRun));
  });

  it('API-05 CRED-05: another tenant’s run is not there; a missing tenant is an error', async () => {
    expect(await views().tenant.run(GLOBEX, numberedRun(0))).toBeNull();
    expect((await views().tenant.run(ACME, numberedRun(0)))?._id).toBe(numberedRun(0));
    await expect(views().tenant.runs(undefined as unknown as TenantId, {}, { limit: 5 })).rejects.toMatchObject({ code: 'INVALID_ID' });
    await expect(views().tenant.runs({ $ne: null } as unknown as TenantId, {}, { limit: 5 })).rejects.toMatchObject({ code: 'INVALID_ID' });
    await expect(views().tenant.runs(ACME, { connector: { $ne: '' } as unknown as string }, { limit: 5 })).rejects.toMatchObject({
      code: 'INVALID_SCALAR',
    });
  });

  it('UI-01: the operator’s list spans tenants and knows names and the last 20 runs of each scope', async () => {
    const page = await views().operator.runs({}, { limit: 3 });
    expect(
      page.items.map(({ run: { _id }, tenant_name, scope_name, instance_name }) => [_id, tenant_name, scope_name, instance_name]),
    ).toEqual([
      [numberedRun(0), 'Acme Robotics', 'Everything in the main account', 'Main account'],
      [numberedRun(1), 'Acme Robotics', 'Everything in the main account', 'Main account'],
      [numberedRun(200), 'Globex', 'Globex all', null],
    ]);
    const history = page.items[0]?.history ?? [];
    expect(history).toHaveLength(20);
    expect(history.at(-1)).toMatchObject({ run_id: numberedRun(0), items: { iam_users: 42, iam_roles: 180, __sync: 12, __chain: 9 } });
    const times = history.map(({ started_at }) => started_at.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(page.items[2]?.history).toHaveLength(1);
    expect((await views().operator.runs({ tenant_id: GLOBEX }, { limit: 3 })).items).toHaveLength(1);
    const { newestRuns, run: oneRun } = views().operator;
    expect(await newestRuns(3)).toEqual(page.items.map((row) => row.run));
    expect(await oneRun(numberedRun(200))).toEqual(page.items[2]?.run);
    expect(await oneRun(numberedRun(404))).toBeNull();
  });

  it('a name is not borrowed from another tenant’s row', async () => {
    await database.collections.scanRuns.insertOne(
      run({ _id: numberedRun(300), tenant_id: GLOBEX, scope_id: AWS_SCOPE, instance_id: AWS_MAIN, started_at: ago(0) }),
    );
    expect((await views().operator.runs({}, { limit: 1 })).items[0]).toMatchObject({
      tenant_name: 'Globex',
      scope_name: null,
      instance_name: null,
    });
  });
});

describe('one run', () => {
  it('UI-02 RUN-09: with its sync, the findings of its pass and its retries', async () => {
    const { scanRuns, connectorSyncs, findings, tenantState } = database.collections;
    await scanRuns.insertMany([
      run(),
      run({
        _id: numberedRun(5),
        started_at: ago(3),
        trigger: { type: 'manual_api', source: 'ui', triggered_by_user_id: 'ana', retry_of: RUN },
      }),
    ]);
    const counts = { created: 1, updated: 2, removed: 3, unchanged: 4 };
    await connectorSyncs.insertOne({
      _id: 'sync-1',
      tenant_id: ACME,
      run_id: RUN,
      scope_id: AWS_SCOPE,
      instance_id: AWS_MAIN,
      generation: 7,
      graph_digest: id('graph'),
      entities: counts,
      edges: counts,
      dangling_edges: 0,
      scrubbed_strings: 0,
      changes: [{ change: 'created', kind: 'entity', id: id('e'), name: 'deployer' }],
      changes_truncated: false,
      started_at: ago(9),
      completed_at: ago(9),
    });
    await findings.insertMany([
      findingDoc(finding()),
      findingDoc(finding({ id: id('f2') }), { change: 'resolved' }),
      findingDoc(finding({ id: id('f3') }), { changed_pass: 11 }),
      findingDoc(finding({ id: id('f4'), tenant_id: GLOBEX })),
    ]);
    await tenantState.insertOne({ _id: ACME, pass: 13, audit_seq: 0 });
    const detail = await views().operator.runDetail(RUN);
    expect(detail?.sync).toMatchObject({ id: 'sync-1', entities: counts, changes: [{ name: 'deployer' }] });
    expect(detail?.pass_findings.map(({ id: found, change }) => [found, change]).sort()).toEqual(
      [
        [id('finding 1'), 'created'],
        [id('f2'), 'resolved'],
      ].sort(),
    );
    expect(detail).toMatchObject({
      superseded_pass: true,
      retries: [numberedRun(5)],
      scope: { _id: AWS_SCOPE },
      pass_findings_more: [],
    });
    expect(await views().operator.runDetail(numberedRun(404))).toBeNull();
    await findings.insertMany(Array.from({ length: 60 }, (_, index) => findingDoc(finding({ id: sha256(`more ${index}`) }))));
    const large = await views().operator.runDetail(RUN);
    expect(large?.pass_findings.filter(({ change }) => change === 'created')).toHaveLength(50);
    expect(large?.pass_findings.filter(({ change }) => change === 'resolved')).toHaveLength(1);
    expect(large?.pass_findings_more).toEqual(['created']);
  });
});

describe('home', () => {
  const home = () => views().operator.home(NOW);

  it('RUN-17: the newest failure of each scope, unless a later run succeeded or a person cancelled it', async () => {
    const other = scopeId('other');
    await database.collections.scanRuns.insertMany([
      failedRun({ _id: numberedRun(1), started_at: ago(300) }),
      failedRun({ _id: numberedRun(2), started_at: ago(200), status: 'failed' }),
      run({ _id: numberedRun(3), started_at: ago(100), status: 'failed', reason: 'cancelled' }),
      failedRun({ _id: numberedRun(4), scope_id: other, started_at: ago(90), status: 'timeout' }),
      run({ _id: numberedRun(5), scope_id: other, started_at: ago(80) }),
      failedRun({ _id: numberedRun(6), scope_id: scopeId('old'), started_at: ago(60 * 24 * 8) }),
    ]);
    const { problems, problems_truncated } = await home();
    expect(problems.map(({ run: { _id } }) => _id)).toEqual([numberedRun(2)]);
    expect(problems_truncated).toBe(false);
  });

  it('a scope that fails every minute hides no other', async () => {
    const noisy = Array.from({ length: 1100 }, (_, index) => failedRun({ _id: numberedRun(index), started_at: ago(index) }));
    await database.collections.scanRuns.insertMany([
      ...noisy,
      failedRun({ _id: numberedRun(9000), scope_id: scopeId('quiet'), started_at: ago(2000) }),
    ]);
    expect((await home()).problems.map(({ run: { scope_id } }) => scope_id)).toEqual([AWS_SCOPE, 'quiet']);
  });

  it('counts active scopes, names those that never ran, and tells the last day', async () => {
    await database.collections.scanRuns.insertMany([
      run({ _id: numberedRun(1), started_at: ago(20) }),
      run({ _id: numberedRun(2), started_at: ago(60 * 25) }),
      run({ _id: numberedRun(3), started_at: ago(1), status: 'running', ended_at: null }),
    ]);
    const told = await home();
    expect(told).toMatchObject({ active_scopes: 2, never_run_count: 1, recent_truncated: false });
    expect(told.never_run.map(({ _id }) => _id)).toEqual([GLOBEX_SCOPE]);
    expect(told.recent.map(({ run_id }) => run_id)).toEqual([numberedRun(3), numberedRun(1)]);
    expect(told.last_ended_at).toEqual(new Date(ago(20).getTime() + 66_000));
  });

  it('is empty on an empty database', async () => {
    await database.clear();
    expect(await home()).toMatchObject({ problems: [], active_scopes: 0, never_run: [], last_ended_at: null, recent: [] });
  });
});

describe('sparklines', () => {
  it('UI-01: of scopes with very different rhythms, in a bounded number of queries', async () => {
    const rare = ingestScopeId(AWS_MAIN);
    const frequent = Array.from({ length: 300 }, (_, index) =>
      run({
        _id: numberedRun(index),
        started_at: ago(index),
        category_results: { iam_users: cell(ago(index), 0, 1, { items_scanned: index }) },
      }),
    );
    const monthly = Array.from({ length: 25 }, (_, index) =>
      run({
        _id: numberedRun(1000 + index),
        scope_id: rare,
        started_at: new Date(NOW.getTime() - index * 30 * 24 * 60 * MINUTE),
        category_results: cells(ago(index)),
      }),
    );
    await database.collections.scanRuns.insertMany([...frequent, ...monthly]);
    const { items } = await views().operator.runs({}, { limit: 2 });
    const histories = new Map(items.map(({ run: { scope_id }, history }) => [scope_id, history]));
    expect(histories.get(AWS_SCOPE)?.map(({ items: { iam_users } }) => iam_users)).toEqual(
      Array.from({ length: 20 }, (_, index) => 19 - index),
    );
    expect(histories.get(rare)?.map(({ run_id }) => run_id)).toEqual(Array.from({ length: 20 }, (_, index) => numberedRun(1019 - index)));
  });
});
