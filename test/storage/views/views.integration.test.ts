/** The views on a real MongoDB-wire server. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Views } from '../../../api/ports.ts';
import { sha256 } from '../../../domain/canonical.ts';
import { ingestScopeId, instanceId, scopeId, type TenantId, tenantId } from '../../../domain/ids.ts';
import type { FindingPosition, IdPosition, Page, ScopeRow, TimePosition } from '../../../domain/views/types.ts';
import { createEvidenceRepository } from '../../../storage/mongo/evidence.ts';
import { createGraphRepository } from '../../../storage/mongo/graph.ts';
import { createViews } from '../../../storage/views/index.ts';
import { withDatabase } from '../../support/mongo.ts';
import {
  ACME,
  ago,
  AWS_MAIN,
  AWS_SCOPE,
  cell,
  cells,
  chain,
  entity,
  failedRun,
  finding,
  GLOBEX,
  id,
  instance,
  MINUTE,
  NOW,
  numberedRun,
  pack,
  path,
  RUN,
  run,
  scope,
  tenant,
} from '../../ui/records.ts';
import { chainDoc, edgeDoc, entityDoc, findingDoc, packDoc, pathDoc } from './store.ts';

const database = withDatabase();
const views = (): Views =>
  createViews({
    collections: database.collections,
    graph: createGraphRepository(database.collections),
    evidence: createEvidenceRepository(database.collections),
    now: () => NOW,
  });

const GLOBEX_SCOPE = scopeId('globex-aws-all');
const versioned = <T>(row: T): T & { version: number } => ({ ...row, version: 1 });

beforeEach(async () => {
  await database.clear();
  const { tenants, connectorInstances, scanScopes } = database.collections;
  await tenants.insertMany([tenant(), tenant({ _id: GLOBEX, slug: 'GLOBEX', name: 'Globex', status: 'suspended' })]);
  await connectorInstances.insertMany([
    versioned(instance()),
    versioned(instance({ _id: instanceId('globex-aws'), tenant_id: GLOBEX, name: 'Globex account' })),
  ]);
  await scanScopes.insertMany([
    versioned(scope()),
    versioned(
      scope({ _id: GLOBEX_SCOPE, tenant_id: GLOBEX, instance_id: instanceId('globex-aws'), name: 'Globex all', last_claimed_at: null }),
    ),
  ]);
});

/** All items of a list, page by page. */
async function all<T, P>(read: (more: { after?: P }) => Promise<Page<T, P>>): Promise<T[]> {
  const items: T[] = [];
  let more: { after?: P } = {};
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await read(more);
    items.push(...page.items);
    if (page.next === null) return items;
    more = { after: page.next };
  }
  throw new Error('the list does not end');
}

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

describe('tenants, instances and scopes', () => {
  it('API-03 API-05: in id order, each tenant its own', async () => {
    const { tenant: own, operator } = views();
    expect((await operator.tenants({}, { limit: 1 })).next).toEqual({ id: ACME });
    expect((await operator.tenants({}, { limit: 1, after: { id: ACME } })).items.map(({ _id }) => _id)).toEqual([GLOBEX]);
    expect((await operator.tenants({ status: 'suspended' }, { limit: 9 })).items.map(({ _id }) => _id)).toEqual([GLOBEX]);
    expect((await own.instances(ACME, {}, { limit: 9 })).items.map(({ _id }) => _id)).toEqual([AWS_MAIN]);
    expect((await own.instances(ACME, { connector: 'github' }, { limit: 9 })).items).toEqual([]);
    expect((await own.scopes(GLOBEX, { instance_id: instanceId('globex-aws') }, { limit: 9 })).items.map(({ _id }) => _id)).toEqual([
      GLOBEX_SCOPE,
    ]);
    expect([await own.instance(GLOBEX, AWS_MAIN), await own.scope(GLOBEX, AWS_SCOPE), await operator.tenant(tenantId('nobody'))]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('findings', () => {
  it('DATA-05: most severe first, then newest, every one once; filters; counts', async () => {
    const severities = ['low', 'critical', 'medium', 'high', 'info'] as const;
    const many = Array.from({ length: 40 }, (_, index) =>
      findingDoc(
        finding({
          id: sha256(`f${index}`),
          severity: severities[index % 5] as 'low',
          opened_at: ago(Math.floor(index / 10) * 4000),
          status: index % 4 === 0 ? 'resolved' : 'open',
          rule_id: index % 2 === 0 ? 'admin_policy' : 'orphaned_ownership',
        }),
      ),
    );
    await database.collections.findings.insertMany([...many, findingDoc(finding({ tenant_id: GLOBEX }))]);
    const rank = ['critical', 'high', 'medium', 'low', 'info'];
    const key = (row: { severity: string; opened_at: Date; id: string }) =>
      [rank.indexOf(row.severity), -row.opened_at.getTime(), row.id] as const;
    const expected = [...many]
      .sort((a, b) => key(a)[0] - key(b)[0] || key(a)[1] - key(b)[1] || (a.id < b.id ? 1 : -1))
      .map(({ id: found }) => found);
    for (const limit of [3, 200]) {
      const seen = await all((more: { after?: FindingPosition }) => views().tenant.findings(ACME, {}, { limit, ...more }));
      expect(seen.map(({ id: found }) => found)).toEqual(expected);
    }
    const critical = await views().tenant.findings(
      ACME,
      { status: 'open', severity: 'critical', rule_id: 'orphaned_ownership' },
      { limit: 200 },
    );
    expect(
      critical.items.every((row) => row.status === 'open' && row.severity === 'critical' && row.rule_id === 'orphaned_ownership'),
    ).toBe(true);
    expect(critical.items).toHaveLength(4);
    expect(await views().operator.urgentFindings([ACME, GLOBEX], 5)).toEqual([
      { tenant_id: ACME, critical: 5, high: 5 },
      { tenant_id: GLOBEX, critical: 1, high: 0 },
    ]);
    expect(await views().tenant.finding(GLOBEX, sha256('f1'))).toBeNull();
    expect(Object.keys((await views().tenant.finding(ACME, sha256('f1'))) ?? {})).not.toContain('_id');
  });
});

describe('the proof', () => {
  const [workflow, role, bucket] = [
    entity('release.yml', { source_system: 'github' }),
    entity('github-deploy'),
    entity('customer-exports'),
  ];
  const grants = {
    id: id('grants'),
    from: role.id,
    to: bucket.id,
    type: 'APPLIES_TO',
    category: 'iam_roles',
    qualifier: null,
    props: {},
    content_hash: id('g'),
  } as const;
  const left = chain([workflow.id], [], { source_system: 'github' });
  const right = chain([role.id, bucket.id], [grants.id]);
  const joined = path({
    segments: [left.id, right.id],
    nodes: [workflow.id, role.id, bucket.id],
    head: workflow.id,
    tail: bucket.id,
    joins: [
      { rule: 'github_oidc_to_aws', left: { entity: workflow.id, key: 'a', value: 'v' }, right: { entity: role.id, key: 'b', value: 'v' } },
    ],
  });
  const found = finding({ explanation: { entities: [role.id], edges: [], chains: [right.id], paths: [joined.id] } });

  beforeEach(async () => {
    const { entities, edges, executionChains, stitchedPaths, findings, evidencePacks, evidenceBlobs } = database.collections;
    const second = scopeId('acme-aws-second');
    await entities.insertMany([
      entityDoc(workflow),
      entityDoc(role),
      entityDoc(role, { scope: second }),
      entityDoc(bucket),
      entityDoc(entity('gone'), { removed: true }),
      entityDoc(bucket, { tenant: GLOBEX, scope: GLOBEX_SCOPE }),
    ]);
    await edges.insertOne(edgeDoc(grants));
    await executionChains.insertMany([chainDoc(left), chainDoc(right), chainDoc(chain([id('x')], [], { retired_at: ago(1) }))]);
    await stitchedPaths.insertOne(pathDoc(joined));
    await findings.insertOne(findingDoc(found));
    await evidencePacks.insertMany([packDoc(pack()), packDoc(pack({ digest: id('older pack'), superseded_at: ago(5) }))]);
    await evidenceBlobs.insertOne({ _id: `${ACME}:${sha256('{}')}`, tenant_id: ACME, digest: sha256('{}'), bytes: '{}' });
  });

  it('DATA-07: a finding comes with its path, both segments, every row with where it was read, and its current pack', async () => {
    const detail = await views().tenant.findingDetail(ACME, found.id);
    expect(detail?.proof.paths.map(({ id: shown }) => shown)).toEqual([joined.id]);
    expect(detail?.proof.chains.map(({ id: shown }) => shown)).toEqual([left.id, right.id]);
    expect(detail?.proof.entities.map(({ id: shown }) => shown)).toEqual([workflow.id, role.id, bucket.id]);
    expect(detail?.proof.entities[1]?.sightings.map(({ scope_id }) => scope_id)).toEqual([AWS_SCOPE, 'acme-aws-second']);
    expect(detail?.proof.edges.map(({ id: shown }) => shown)).toEqual([grants.id]);
    expect(detail).toMatchObject({ tenant_name: 'Acme Robotics', pack: { digest: id('pack 1') }, proof: { truncated: false } });
    expect(await views().tenant.findingDetail(GLOBEX, found.id)).toBeNull();
    expect((await views().tenant.pathDetail(ACME, joined.id))?.proof.chains).toHaveLength(2);
    expect(await views().tenant.pathDetail(GLOBEX, joined.id)).toBeNull();
  });

  it('DATA-08: packs and their blobs, each tenant its own', async () => {
    const shown = await views().tenant.pack(ACME, id('pack 1'));
    expect(shown === null ? [] : await views().tenant.packBlobs(ACME, shown)).toEqual([{ digest: sha256('{}'), bytes: '{}' }]);
    await expect(views().tenant.packBlobs(GLOBEX, shown ?? pack())).rejects.toMatchObject({ code: 'EVIDENCE_BLOB_NOT_FOUND' });
    expect(await views().tenant.pack(GLOBEX, id('pack 1'))).toBeNull();
    expect(
      (await all((more: { after?: IdPosition }) => views().tenant.packs(ACME, { finding_id: found.id }, { limit: 1, ...more }))).length,
    ).toBe(2);
  });

  it('API-05: chains, paths and entities in lists are live, of the tenant, each once', async () => {
    const { tenant: own } = views();
    expect(
      (await all((more: { after?: IdPosition }) => own.chains(ACME, {}, { limit: 1, ...more }))).map(({ id: shown }) => shown),
    ).toEqual([left.id, right.id].sort());
    expect((await own.chains(ACME, { source_system: 'github' }, { limit: 9 })).items.map(({ id: shown }) => shown)).toEqual([left.id]);
    expect((await own.paths(ACME, { completeness: 'complete' }, { limit: 9 })).items).toHaveLength(1);
    expect((await own.paths(ACME, { completeness: 'open' }, { limit: 9 })).items).toEqual([]);
    for (const limit of [1, 2, 9]) {
      const seen = await all((more: { after?: IdPosition }) => own.entities(ACME, {}, { limit, ...more }));
      expect(seen.map(({ id: shown }) => shown)).toEqual([workflow.id, role.id, bucket.id].sort());
    }
    expect((await own.entities(ACME, { type: 'role', source_system: 'github' }, { limit: 9 })).items.map(({ id: shown }) => shown)).toEqual(
      [workflow.id],
    );
    expect((await own.entities(GLOBEX, {}, { limit: 9 })).items.map(({ id: shown }) => shown)).toEqual([bucket.id]);
    expect(await own.entity(ACME, entity('gone').id)).toBeNull();
    expect(await own.chain(GLOBEX, left.id)).toBeNull();
    expect((await own.chain(ACME, chain([id('x')], []).id))?.retired_at).not.toBeNull();
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

describe('scopes and instances for operators', () => {
  it('UI-03 UI-04: with the names around them, the last run, the last answer about the credential, and the binding without its external id', async () => {
    const { scanRuns, audit, federationBindings } = database.collections;
    await scanRuns.insertMany([
      run({ _id: numberedRun(1), started_at: ago(60 * 24 * 40) }),
      run({ _id: numberedRun(2), started_at: ago(60), status: 'partial', reason: 'some_categories_failed' }),
    ]);
    const record = {
      tenant_id: ACME,
      at: ago(3),
      action: 'credential.resolve',
      actor: 'run:r',
      previous: '0'.repeat(64),
      hash: 'a'.repeat(64),
    };
    const subject = { instance: AWS_MAIN, provider: 'env', purpose: 'launch' };
    await audit.insertMany([
      { ...record, _id: `${ACME}:1`, seq: 1, outcome: 'granted', subject: { ...subject, key_names: ['A'], version: 'v1' } },
      { ...record, _id: `${ACME}:2`, seq: 2, outcome: 'refused', subject: { ...subject, code: 'CREDENTIAL_NOT_FOUND' } },
      { ...record, _id: `${ACME}:3`, seq: 3, outcome: 'attempted', subject },
      { ...record, _id: `${ACME}:4`, seq: 4, outcome: 'granted', subject: { ...subject, instance: 'another' } },
    ] as never);
    await federationBindings.insertOne({
      _id: 'b',
      tenant_id: ACME,
      instance_id: AWS_MAIN,
      provider: 'entra_app',
      target: null,
      external_id: 'nobody-elses-business',
      state: 'pending',
      version: 1,
      probes: [],
      created_at: ago(9),
      changed_at: ago(9),
      activated_at: null,
    } as never);
    const { operator } = views();
    expect(await operator.scope(AWS_SCOPE)).toMatchObject({
      tenant_name: 'Acme Robotics',
      instance_name: 'Main account',
      connector: 'aws',
      last_run: { run_id: numberedRun(2), status: 'partial' },
    });
    const found = await operator.instance(AWS_MAIN);
    expect(found?.last_resolve).toMatchObject({ granted: false, code: 'CREDENTIAL_NOT_FOUND', at: ago(3) });
    expect(found?.binding).toEqual({ provider: 'entra_app', state: 'pending', target: null, probes: [], changed_at: ago(9) });
    expect(JSON.stringify(found)).not.toContain('nobody-elses-business');
  });

  it('API-05: lists are of one tenant when one is named, page by page, without the synthetic scopes', async () => {
    const more = Array.from({ length: 7 }, (_, index) => versioned(scope({ _id: scopeId(`acme-more-${index}`) })));
    await database.collections.scanScopes.insertMany([...more, versioned(scope({ _id: ingestScopeId(AWS_MAIN), kind: 'ingest' }))]);
    const { operator } = views();
    const ids = (await all<ScopeRow, IdPosition>((page) => operator.scopes({ tenant_id: ACME }, { limit: 3, ...page }))).map(
      ({ scope: row }) => row._id,
    );
    expect(ids).toEqual([AWS_SCOPE, ...more.map(({ _id }) => _id)].sort());
    const everything = await all<ScopeRow, IdPosition>((page) => operator.scopes({}, { limit: 4, ...page }));
    expect(everything.map(({ scope: row }) => row._id)).toContain(GLOBEX_SCOPE);
    expect(everything).toHaveLength(9);
    expect((await operator.instances({ tenant_id: GLOBEX }, { limit: 9 })).items.map(({ instance: row }) => row._id)).toEqual([
      'globex-aws',
    ]);
    expect(await operator.scope(ingestScopeId(AWS_MAIN))).toBeNull();
  });
});
