/** Tenancy, findings, proofs and the operators’ lists on a real MongoDB-wire server. */
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../domain/canonical.ts';
import { ingestScopeId, instanceId, scopeId, tenantId } from '../../../domain/ids.ts';
import type { FindingPosition, IdPosition, ScopeRow } from '../../../domain/views/types.ts';
import {
  ACME,
  ago,
  AWS_MAIN,
  AWS_SCOPE,
  chain,
  entity,
  finding,
  GLOBEX,
  id,
  numberedRun,
  pack,
  path,
  run,
  scope,
} from '../../ui/records.ts';
import { chainDoc, edgeDoc, entityDoc, findingDoc, packDoc, pathDoc } from './store.ts';
import { all, GLOBEX_SCOPE, versioned, viewsUnderTest } from './views-under-test.ts';

const { database, views } = viewsUnderTest();

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
