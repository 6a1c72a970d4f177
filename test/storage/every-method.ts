/** Every method of every repository, as one tenant would call it with another's ids. */
import type { Db } from 'mongodb';
import { digestOf, sha256 } from '../../domain/canonical.ts';
import { type TenantId, tenantId } from '../../domain/ids.ts';
import { collectionsOf } from '../../storage/collections.ts';
import { createArtifactStore } from '../../storage/artifacts/gridfs.ts';
import { createAuditRepository } from '../../storage/mongo/audit.ts';
import { createConnectorLogRepository } from '../../storage/mongo/connector-logs.ts';
import { createBindingRepository } from '../../storage/mongo/bindings.ts';
import { createChangeRepository } from '../../storage/mongo/changes.ts';
import { createCoverageRepository } from '../../storage/mongo/coverage.ts';
import { createCounts } from '../../storage/mongo/counts.ts';
import { createStoredCredentialRepository } from '../../storage/mongo/credentials.ts';
import { createDerivedRepository } from '../../storage/mongo/derived.ts';
import { createEvidenceRepository } from '../../storage/mongo/evidence.ts';
import { createFindingRepository } from '../../storage/mongo/findings.ts';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createIntakeRepository } from '../../storage/mongo/intake.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { createScopeRepository } from '../../storage/mongo/scopes.ts';
import { createSyncRepository } from '../../storage/mongo/syncs.ts';
import { createTenantStateRepository } from '../../storage/mongo/tenant-state.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { createGraphSync } from '../../storage/sync/sync-graph.ts';
import { ACCOUNT, appliesTo, bucket, bytesOf, jsonLines, role } from './graphs.ts';
import { cell, later, NOW, type SeededTenant, seedTenant, startRun } from './rows.ts';

export function repositories(db: Db) {
  const collections = collectionsOf(db);
  return {
    tenants: createTenantRepository(collections),
    instances: createInstanceRepository(collections),
    scopes: createScopeRepository(collections),
    runs: createRunRepository(collections),
    graph: createGraphRepository(collections),
    coverage: createCoverageRepository(collections),
    changes: createChangeRepository(collections),
    graphSync: createGraphSync(collections),
    syncs: createSyncRepository(collections),
    derived: createDerivedRepository(collections),
    findings: createFindingRepository(collections),
    evidence: createEvidenceRepository(collections),
    connectorLogs: createConnectorLogRepository(collections),
    audit: createAuditRepository(collections),
    bindings: createBindingRepository(collections),
    intake: createIntakeRepository(collections),
    credentials: createStoredCredentialRepository(collections),
    counts: createCounts(collections),
    tenantState: createTenantStateRepository(collections),
    artifacts: createArtifactStore(db, { keys: [{ id: 'k', key: Buffer.alloc(32, 1) }] }),
  };
}

/** What their rows are called. */
export interface Theirs extends SeededTenant {
  readonly run: Awaited<ReturnType<typeof startRun>>['run'];
  readonly entity: string;
  readonly edge: string;
  readonly digest: string;
  readonly artifact: string;
}

const FINDING = {
  id: 'f1',
  rule_id: 'r',
  rule_version: 1,
  title: 't',
  severity: 'low',
  subject: 'e',
  subject_name: 'n',
  source_system: 'aws',
  identity: {},
  facts: {},
  explanation: { entities: [], edges: [], chains: [], paths: [] },
  status: 'open',
  change: 'created',
  content_hash: 'h',
  pass: 1,
  changed_pass: 1,
  opened_at: NOW,
  resolved_at: null,
  reopened_at: null,
  last_seen_at: NOW,
  suppression: null,
} as const;
const UNRESOLVED = {
  id: 'u1',
  rule: 'r',
  side: { entity: 'e', key: 'k', value: 'v' },
  reason: 'ambiguous',
  candidates: [],
  candidate_count: 0,
} as const;
const COLLECTED = { cells: {}, artifact: null, isolation: 'none', at: NOW } as const;
const PASS = { pass: 1, builder_version: 'b', graph_revision: 'g', now: NOW };
const BLOB = { digest: sha256('{}'), bytes: '{}' };
const SEALED = { kind: 'k', nonce: 'n', ciphertext: 'c', tag: 't', data_key: { kek_id: 'k1', wrapped: 'w' } } as const;
const BINDING = {
  provider: 'aws_assume_role',
  target: { provider: 'aws_assume_role', role_arn: 'arn:aws:iam::111122223333:role/theirs' },
  external_id: 'sv0-x',
  state: 'active',
  probes: [],
  created_at: NOW,
  changed_at: NOW,
  activated_at: NOW,
} as const;
const GATE = { name: 'x', categories: [], budget: { max_runtime_seconds: 1 }, created_at: NOW } as const;

const INTAKE = { kind: 'k', code_hash: 'h', created_by: 'x', created_at: NOW, expires_at: later(9) } as const;

export async function fill(db: Db): Promise<Theirs> {
  const all = repositories(db);
  const seeded = await seedTenant(collectionsOf(db));
  const { tenant, instance, scope } = seeded;
  const { run, generation } = await startRun(collectionsOf(db), scope);
  const graph = bytesOf(jsonLines([role('ada'), bucket('data'), appliesTo(role('ada'), bucket('data'))]));
  const results = { iam_roles: cell(), s3_buckets: cell() };
  await all.graphSync.sync(tenant, {
    scope_id: scope,
    run_id: run,
    generation,
    instance_id: instance,
    source_system: 'aws',
    source_tenant: ACCOUNT,
    results,
    graph,
    now: NOW,
  });
  await all.runs.setCollected(tenant, run, COLLECTED);
  await all.runs.requestDerivation(tenant, run, NOW);
  await all.derived.replaceAll(tenant, 'unresolved', [UNRESOLVED], PASS);
  await all.findings.apply(tenant, { changed: [FINDING], touched: [] }, PASS);
  await all.evidence.putBlobs(tenant, [BLOB]);
  const manifest = {
    schema: 'sv0.evidence-pack/1',
    tenant_id: tenant,
    finding_id: 'f1',
    rule: { id: 'r', version: 1 },
    builder_versions: {},
    syncs: [],
    entries: [],
  } as const;
  const digest = digestOf(manifest);
  await all.evidence.putPacks(tenant, [{ digest, manifest, envelope: { payloadType: 'x', payload: '', signatures: [] } }], PASS);
  await all.audit.append(tenant, { at: NOW, action: 'a', outcome: 'done', actor: 'x', subject: {} });
  await all.connectorLogs.put(tenant, run, { attempt: 1, lines: ['theirs'], dropped: 0, updated_at: NOW });
  await all.tenantState.nextPass(tenant);
  await all.credentials.insert({
    ...SEALED,
    tenant_id: tenant,
    instance_id: instance,
    version: await all.credentials.issueVersion(tenant, instance, NOW),
  });
  await all.credentials.activate(tenant, instance, { version: 1, kind: 'k', field_names: ['f'], now: NOW });
  await all.intake.insert(tenant, { ...INTAKE, id: 'theirs', instance_id: instance });
  await all.bindings.write(tenant, instance, 0, BINDING);
  await all.bindings.reserve(tenant, 'aws_role:theirs', { proven: true, now: NOW });
  await all.bindings.reserve(tenant, 'aws_role:theirs-too', { proven: false, now: NOW });
  const { artifact_id } = await all.artifacts.put(tenant, run, 1, bytesOf('theirs'));
  const loaded = await all.graph.loadTenantGraph(tenant);
  return { ...seeded, run, digest, artifact: artifact_id, entity: loaded.entities[0]?.id ?? '', edge: loaded.edges[0]?.id ?? '' };
}

export type All = ReturnType<typeof repositories>;
type Call = (all: All, mine: TenantId, theirs: Theirs) => Promise<unknown>;
export type Outcome = 'not found' | 'nothing' | 'own only';

/** Every method that takes a tenant, with another tenant's ids. `own only`: it succeeds, and touches nothing that is theirs. */
export const MATRIX: Readonly<Record<string, readonly [Outcome, Call]>> = {
  'tenants.get': ['not found', (all) => all.tenants.get(tenantId('t-nobody'))],
  'tenants.find': ['nothing', (all) => all.tenants.find(tenantId('t-nobody'))],
  'tenants.edit': ['not found', (all) => all.tenants.edit(tenantId('t-nobody'), { name: 'x' })],
  'tenants.setStatus': ['not found', (all) => all.tenants.setStatus(tenantId('t-nobody'), 'suspended')],
  'counts.of': ['nothing', async (all, mine) => Object.values(await all.counts.of(mine)).reduce((sum, count) => sum + count, 0)],
  'instances.create': [
    'not found',
    (all, mine, { instance }) =>
      all.instances.create(mine, {
        _id: instance,
        connector: 'aws',
        name: 'x',
        source_tenant: 'x',
        credentials_ref: { provider: 'env', ref: 'X' },
        config: {},
        status: 'active',
        created_at: NOW,
      }),
  ],
  'instances.get': ['not found', (all, mine, { instance }) => all.instances.get(mine, instance)],
  'instances.find': ['nothing', (all, mine, { instance }) => all.instances.find(mine, instance)],
  'instances.list': ['nothing', (all, mine) => all.instances.list(mine, { connector: 'aws' })],
  'instances.update': ['not found', (all, mine, { instance }) => all.instances.update(mine, instance, { name: 'mine' })],
  'instances.remove': ['not found', (all, mine, { instance }) => all.instances.remove(mine, instance)],
  'scopes.create': [
    'not found',
    (all, mine, { instance }) => all.scopes.create(mine, { ...GATE, _id: 's-new' as never, instance_id: instance, kind: 'scan' }),
  ],
  'scopes.ensure': [
    'not found',
    (all, mine, { scope }) => all.scopes.ensure(mine, { ...GATE, _id: scope, instance_id: null, kind: 'gate' }),
  ],
  'scopes.get': ['not found', (all, mine, { scope }) => all.scopes.get(mine, scope)],
  'scopes.find': ['nothing', (all, mine, { scope }) => all.scopes.find(mine, scope)],
  'scopes.list': ['nothing', (all, mine, { instance }) => all.scopes.list(mine, { instance_id: instance })],
  'scopes.update': ['not found', (all, mine, { scope }) => all.scopes.update(mine, scope, { name: 'mine' })],
  'scopes.clearCooldown': ['not found', (all, mine, { scope }) => all.scopes.clearCooldown(mine, scope)],
  'scopes.remove': ['not found', (all, mine, { scope }) => all.scopes.remove(mine, scope)],
  'runs.get': ['not found', (all, mine, { run }) => all.runs.get(mine, run)],
  'runs.find': ['nothing', (all, mine, { run }) => all.runs.find(mine, run)],
  'runs.list': ['nothing', (all, mine, { scope }) => all.runs.list(mine, { scope_id: scope })],
  'runs.previousRuns': ['nothing', (all, mine, { run }) => all.runs.previousRuns(mine, run, 5)],
  'runs.isRunning': ['nothing', (all, mine, { run }) => all.runs.isRunning(mine, run)],
  'runs.stampCell': ['not found', (all, mine, { run }) => all.runs.stampCell(mine, run, '__sync', cell())],
  'runs.setCollected': ['not found', (all, mine, { run }) => all.runs.setCollected(mine, run, COLLECTED)],
  'runs.setIsolation': ['not found', (all, mine, { run }) => all.runs.setIsolation(mine, run, 'uid')],
  'runs.setSync': ['not found', (all, mine, { run }) => all.runs.setSync(mine, run, 's', NOW)],
  'runs.requestDerivation': ['not found', (all, mine, { run }) => all.runs.requestDerivation(mine, run, NOW)],
  'runs.listWaitingForDerivation': ['nothing', (all, mine) => all.runs.listWaitingForDerivation(mine)],
  'runs.countPending': ['nothing', (all, mine) => all.runs.countPending(mine)],
  'runs.assignPass': ['nothing', (all, mine, { run }) => all.runs.assignPass(mine, [run], 9)],
  'runs.listPass': ['nothing', (all, mine) => all.runs.listPass(mine, 1)],
  'runs.close': [
    'not found',
    (all, mine, { run }) =>
      all.runs.close(mine, { run_id: run, status: 'failed', reason: null, cells: {}, cooldown_until: later(9), now: NOW }),
  ],
  'runs.markOrphan': [
    'nothing',
    (all, mine, { run, scope }) => all.runs.markOrphan(mine, { run_id: run, scope_id: scope, cells: {}, now: NOW }),
  ],
  'graph.loadTenantGraph': ['nothing', async (all, mine) => (await all.graph.loadTenantGraph(mine)).entities],
  'graph.getEntities': ['nothing', (all, mine, { entity }) => all.graph.getEntities(mine, [entity])],
  'graph.getEdges': ['nothing', (all, mine, { edge }) => all.graph.getEdges(mine, [edge])],
  'graph.provenanceOf': ['nothing', (all, mine, { entity, edge }) => all.graph.provenanceOf(mine, [entity, edge])],
  'coverage.list': ['nothing', (all, mine) => all.coverage.list(mine)],
  'graphSync.sync': [
    'not found',
    (all, mine, { scope, run, instance }) =>
      all.graphSync.sync(mine, {
        scope_id: scope,
        run_id: run,
        generation: 1,
        instance_id: instance,
        source_system: 'aws',
        source_tenant: ACCOUNT,
        results: { iam_roles: cell() },
        graph: bytesOf(jsonLines([])),
        now: NOW,
      }),
  ],
  'syncs.get': ['not found', (all, mine, { run }) => all.syncs.get(mine, `sync:${run}`)],
  'syncs.findByRun': ['nothing', (all, mine, { run }) => all.syncs.findByRun(mine, run)],
  'syncs.listByScope': ['nothing', (all, mine, { scope }) => all.syncs.listByScope(mine, scope)],
  'derived.replaceAll': ['own only', (all, mine) => all.derived.replaceAll(mine, 'unresolved', [], { ...PASS, pass: 99 })],
  'derived.loadAll': ['nothing', (all, mine) => all.derived.loadAll(mine, 'unresolved')],
  'derived.getMany': ['nothing', (all, mine) => all.derived.getMany(mine, 'unresolved', ['u1'])],
  'derived.countByBuilder': ['nothing', (all, mine) => all.derived.countByBuilder(mine, 'unresolved')],
  'findings.loadAll': ['nothing', (all, mine) => all.findings.loadAll(mine)],
  'findings.loadOpen': ['nothing', (all, mine) => all.findings.loadOpen(mine)],
  'findings.apply': ['own only', (all, mine) => all.findings.apply(mine, { changed: [], touched: ['f1'] }, { pass: 99, now: later(9) })],
  'findings.get': ['not found', (all, mine) => all.findings.get(mine, 'f1')],
  'findings.list': ['nothing', (all, mine) => all.findings.list(mine, { status: 'open' })],
  'findings.suppress': ['not found', (all, mine) => all.findings.suppress(mine, 'f1', null)],
  'changes.sinceLastComplete': ['nothing', async (all, mine) => Object.values(await all.changes.sinceLastComplete(mine)).flat()],
  'evidence.putBlobs': ['own only', (all, mine) => all.evidence.putBlobs(mine, [{ digest: sha256('[]'), bytes: '[]' }])],
  'evidence.putPacks': ['own only', (all, mine) => all.evidence.putPacks(mine, [], { pass: 99, now: later(9) })],
  'evidence.currentPacks': ['nothing', async (all, mine) => [...(await all.evidence.currentPacks(mine, ['f1']))]],
  'evidence.getPack': ['not found', (all, mine, { digest }) => all.evidence.getPack(mine, digest)],
  'evidence.findByFinding': ['nothing', (all, mine) => all.evidence.findByFinding(mine, 'f1')],
  'evidence.getBlobs': ['not found', (all, mine) => all.evidence.getBlobs(mine, [BLOB.digest])],
  'connectorLogs.find': ['nothing', (all, mine, { run }) => all.connectorLogs.find(mine, run)],
  'connectorLogs.put': [
    'own only',
    (all, mine, { run }) => all.connectorLogs.put(mine, run, { attempt: 9, lines: ['mine'], dropped: 0, updated_at: later(9) }),
  ],
  'audit.append': ['own only', (all, mine) => all.audit.append(mine, { at: NOW, action: 'a', outcome: 'done', actor: 'x', subject: {} })],
  'audit.verify': ['own only', (all, mine) => all.audit.verify(mine)],
  'audit.list': ['own only', (all, mine) => all.audit.list(mine)],
  'intake.insert': ['own only', (all, mine, { instance }) => all.intake.insert(mine, { ...INTAKE, id: 'mine', instance_id: instance })],
  'intake.list': ['own only', (all, mine) => all.intake.list(mine)],
  'intake.revoke': ['nothing', (all, mine) => all.intake.revoke(mine, 'theirs', NOW)],
  'intake.revokeAll': ['own only', (all, mine) => all.intake.revokeAll(mine, NOW)],
  'bindings.find': ['nothing', (all, mine, { instance }) => all.bindings.find(mine, instance)],
  'bindings.list': ['nothing', (all, mine) => all.bindings.list(mine)],
  'bindings.write': ['nothing', (all, mine, { instance }) => all.bindings.write(mine, instance, 1, { ...BINDING, state: 'revoked' })],
  'bindings.reserve': ['nothing', (all, mine) => all.bindings.reserve(mine, 'aws_role:theirs', { proven: true, now: NOW })],
  'bindings.holds': ['nothing', (all, mine) => all.bindings.holds(mine, 'aws_role:theirs')],
  'bindings.release': ['own only', (all, mine) => all.bindings.release(mine, 'aws_role:theirs-too')],
  'credentials.state': ['nothing', (all, mine, { instance }) => all.credentials.state(mine, instance)],
  'credentials.listStates': ['nothing', (all, mine) => all.credentials.listStates(mine)],
  'credentials.sealed': ['nothing', (all, mine, { instance }) => all.credentials.sealed(mine, instance, 1)],
  'credentials.move': ['nothing', (all, mine, { instance }) => all.credentials.move(mine, instance, ['active'], 'revoked', NOW)],
  'credentials.activate': [
    'nothing',
    (all, mine, { instance }) => all.credentials.activate(mine, instance, { version: 9, kind: 'k', field_names: [], now: NOW }),
  ],
  'credentials.destroyTenant': ['nothing', (all, mine) => all.credentials.destroyTenant(mine, NOW)],
  'credentials.issueVersion': ['own only', (all, mine, { instance }) => all.credentials.issueVersion(mine, instance, NOW)],
  'tenantState.nextPass': ['own only', (all, mine) => all.tenantState.nextPass(mine)],
  'tenantState.currentPass': ['own only', (all, mine) => all.tenantState.currentPass(mine)],
  'artifacts.put': ['own only', (all, mine, { run }) => all.artifacts.put(mine, run, 1, bytesOf('mine'))],
  'artifacts.open': ['not found', (all, mine, { run }) => all.artifacts.open(mine, run, `${run}/7`)],
  'artifacts.remove': ['own only', (all, mine, { run, artifact }) => all.artifacts.remove(mine, run, artifact)],
};

/** Of the platform, not of one tenant: each says so in its port. */
export const WITHOUT_TENANT = [
  'tenants.create',
  'tenants.findBySlug',
  'tenants.list',
  'tenants.listActiveIds',
  'scopes.findForStart',
  'scopes.listHeld',
  'runs.claim',
  'runs.listRunning',
  'artifacts.sweep',
  'connectorLogs.sweep',
  'intake.findOpen',
  'intake.spend',
  'intake.consume',
  'credentials.insert',
  'credentials.listWrappedOtherwise',
  'credentials.rewrap',
];
