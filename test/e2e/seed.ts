/** Realistic rows for the browser test: three tenants, a dozen scopes, two days of runs, and the story's path with its finding. */
import { sha256 } from '../../domain/canonical.ts';
import type { Edge, EdgeType } from '../../domain/graph/types.ts';
import { instanceId, runId, scopeId, tenantId } from '../../domain/ids.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import type { EntityView } from '../../domain/views/types.ts';
import type { Collections } from '../../storage/collections.ts';
import { chainDoc, edgeDoc, entityDoc, findingDoc, packDoc, pathDoc } from '../storage/views/store.ts';
import {
  ago,
  cell,
  cellError,
  cells,
  chain,
  entity,
  finding,
  id,
  instance,
  MINUTE,
  NOW,
  pack,
  path,
  run,
  scope,
  tenant,
} from '../ui/records.ts';

const NORTHWIND = tenantId('northwind');
const TENANTS = [
  { id: NORTHWIND, slug: 'NORTHWIND', name: 'Northwind Robotics' },
  { id: tenantId('contoso'), slug: 'CONTOSO', name: 'Contoso Bank' },
  { id: tenantId('hostile'), slug: 'HOSTILE', name: `<script>alert(1)</script> \u202Eevil ${'long name '.repeat(1000)}` },
];
const KINDS = [
  { kind: 'aws', every: 30, name: 'Production account' },
  { kind: 'github', every: 60, name: 'Organisation' },
  { kind: 'entra', every: 60, name: 'Directory' },
  { kind: 'servicenow', every: 180, name: 'Instance' },
];
const runNumber = (number: number) => runId(`0190b000-0000-4000-8000-${String(number).padStart(12, '0')}`);

/** The newest run of the first scope, with a failed category: the page that the test looks at closest. */
export const SHOWN = {
  tenant: NORTHWIND,
  run: runNumber(1),
  running: runNumber(999_999),
  finding: id('finding 1'),
  path: id('story path'),
  chain: id('story chain'),
  entity: id('entity customer-sync'),
  rule: 'unowned_path_to_sensitive_data',
};

export async function seed(collections: Collections): Promise<void> {
  await collections.tenants.insertMany(TENANTS.map(({ id: _id, slug, name }) => tenant({ _id, slug, name })));
  const places = TENANTS.flatMap((owner) =>
    KINDS.map((connector) => ({ owner, connector, scopeKey: scopeId(`${owner.id}-${connector.kind}`) })),
  );
  await collections.connectorInstances.insertMany(
    places.map(({ owner, connector, scopeKey }) => ({
      ...instance({ _id: instanceId(scopeKey), tenant_id: owner.id, connector: connector.kind, name: connector.name }),
      version: 1,
    })),
  );
  await collections.scanScopes.insertMany([
    ...places.map(({ owner, connector, scopeKey }) => ({
      ...scope({
        _id: scopeKey,
        tenant_id: owner.id,
        instance_id: instanceId(scopeKey),
        ...(scopeKey === 'northwind-aws'
          ? { schedule: { kind: 'cron', expression: '0 2 * * 1-5', timezone: 'Europe/Madrid' } as const }
          : {}),
        name: owner.id === 'hostile' ? owner.name : `Everything in ${connector.name.toLowerCase()}`,
      }),
      version: 1,
    })),
    {
      ...scope({
        _id: scopeId('northwind-aws-eu'),
        tenant_id: NORTHWIND,
        name: 'Only eu-central-1',
        last_claimed_at: null,
        schedule_id: null,
      }),
      version: 1,
    },
  ]);
  await collections.scanRuns.insertMany(places.flatMap((place, index) => runsOf(place, index)));
  await collections.scanRuns.insertOne(
    run({
      _id: SHOWN.running,
      tenant_id: NORTHWIND,
      scope_id: scopeId('northwind-github'),
      instance_id: instanceId('northwind-github'),
      connector: 'github',
      status: 'running',
      started_at: ago(0.4),
      ended_at: null,
      category_results: {
        repositories: cell(ago(0.4), 2, 11, { items_scanned: 210 }),
        workflows: cell(ago(0.4), 5, 9, { items_scanned: 340 }),
      },
      sync_id: null,
      derivation_pass: null,
      trigger: { type: 'manual_api', source: 'ui', triggered_by_user_id: 'ana@northwind.example' },
    }),
  );
  await collections.connectorSyncs.insertOne({
    _id: 'sync-1',
    tenant_id: NORTHWIND,
    run_id: SHOWN.run,
    scope_id: scopeId('northwind-aws'),
    instance_id: instanceId('northwind-aws'),
    generation: 7,
    graph_digest: id('graph'),
    entities: { created: 12, updated: 3, removed: 1, unchanged: 40_211 },
    edges: { created: 31, updated: 0, removed: 2, unchanged: 96_020 },
    dangling_edges: 2,
    scrubbed_strings: 1,
    changes: ['deploy-preview', 'lambda-report-export', 'northwind-old-logs'].map((name, index) => ({
      change: (['created', 'updated', 'removed'] as const)[index] ?? 'created',
      kind: 'entity' as const,
      id: id(name),
      name,
    })),
    changes_truncated: false,
    started_at: ago(9),
    completed_at: ago(9),
  });
  await collections.tenantState.insertOne({ _id: NORTHWIND, pass: 13, audit_seq: 0 });
  await seedStory(collections);
}

type Place = {
  readonly owner: (typeof TENANTS)[number];
  readonly connector: (typeof KINDS)[number];
  readonly scopeKey: ReturnType<typeof scopeId>;
};

function runsOf({ owner, connector, scopeKey }: Place, place: number): ScanRun[] {
  return Array.from({ length: Math.floor(2880 / connector.every) }, (_, index) => {
    const started = new Date(NOW.getTime() - (index * connector.every + 2 + place) * MINUTE);
    const size = 1 + ((index * 7 + place * 3) % 11) / 10;
    const all = Object.fromEntries(
      Object.entries(cells(started, 1)).map(([key, value]) => [key, { ...value, items_scanned: Math.round(value.items_scanned * size) }]),
    );
    const base = run({
      _id: runNumber(place * 1000 + index + 1),
      tenant_id: owner.id,
      scope_id: scopeKey,
      instance_id: instanceId(scopeKey),
      connector: connector.kind,
      started_at: started,
      category_results: all,
      ended_at: new Date(started.getTime() + 60_000 + size * 9000),
    });
    return { ...base, ...misfortune(started, place, index, all) };
  });
}

/** What went wrong, where something did. */
function misfortune(started: Date, place: number, index: number, all: ScanRun['category_results']): Partial<ScanRun> {
  const skipped = cell(started, 41, 0, { status: 'skipped' });
  const rest = { __chain: skipped, __stitch: skipped, __eval: skipped, __evidence: skipped };
  if (place === 0 && index === 0) {
    const denied = cell(started, 27, 3, {
      status: 'failed',
      errors: [
        cellError({
          message: 'the account refused to list functions: the role lacks lambda:ListFunctions',
          subject: 'lambda:ListFunctions',
        }),
      ],
    });
    return { status: 'partial', reason: 'some_categories_failed', category_results: { ...all, lambda_functions: denied } };
  }
  if (place === 2 && index < 2) {
    const error = cellError({
      code: 'BUDGET_EXCEEDED',
      class: 'timeout',
      actor: 'operator',
      message: 'the run used up its budget (budget.max_runtime_seconds) and was stopped',
    });
    return {
      status: 'timeout',
      reason: 'budget_exceeded',
      category_results: { __driver__: cell(started, 2, 1798, { status: 'timeout', errors: [error] }), __sync: skipped, ...rest },
      ended_at: new Date(started.getTime() + 1_800_000),
    };
  }
  if (place === 5 && index === 0) {
    const error = cellError({
      code: 'RULE_THREW',
      actor: 'engineer',
      message: 'a rule threw; the others went on',
      subject: 'privilege_escalation',
    });
    return {
      status: 'partial',
      reason: 'rule_errors',
      category_results: { ...all, __eval: cell(started, 56, 4, { status: 'partial', items_scanned: 3, errors: [error] }) },
    };
  }
  if (place > 7 && index === 0) {
    const hostile = `${'\u202E'}<img src=x onerror=alert(1)> ${'x'.repeat(9000)}`;
    return {
      status: 'failed',
      reason: 'connector_failed',
      category_results: {
        __driver__: cell(started, 2, 1, { status: 'failed', errors: [cellError({ message: hostile, subject: hostile })] }),
        __sync: skipped,
        ...rest,
      },
    };
  }
  return {};
}

/** A catalog item in ServiceNow reaches customer data in AWS by way of GitHub and Entra (domain.md, the story). */
async function seedStory(collections: Collections): Promise<void> {
  const at = (system: string, name: string, type: EntityView['type'], subtype: string, over: Partial<EntityView> = {}): EntityView =>
    entity(name, {
      source_system: system,
      type,
      subtype,
      native_id: `${system}:${name}`,
      props: { enabled: true, last_used: '2026-11-21', tags: ['customer-data', 'export'] },
      ...over,
    });
  const item = at('servicenow', 'Refresh customer dashboard', 'resource', 'event_source');
  const flow = at('servicenow', 'Dashboard refresh flow', 'workload', 'flow');
  const rest = at('servicenow', 'Dispatch customer-sync', 'connection', 'rest_function');
  const workflow = at('github', 'customer-sync / sync.yml', 'workload', 'workflow');
  const subject = at('github', 'repo:northwind-robotics/customer-sync:ref:refs/heads/main', 'identity', 'oidc_subject');
  const federated = at('entra', 'github-main', 'credential', 'federated_credential');
  const principal = at('entra', 'customer-sync', 'identity', 'service_principal');
  const role = at('aws', 'entra-customer-reader', 'role', 'iam_role');
  const permission = at('aws', 's3:GetObject on customer exports', 'permission', 'policy_statement');
  const bucket = at('aws', 'northwind-customer-exports', 'resource', 's3_bucket');
  const owner = at('entra', 'Dana Reyes', 'owner', 'user', { props: { enabled: false } });
  const edge = (from: EntityView, type: EdgeType, to: EntityView): Edge => ({
    id: sha256(`${from.id} ${type} ${to.id}`),
    from: from.id,
    to: to.id,
    type,
    category: 'c',
    qualifier: null,
    props: {},
    content_hash: id('e'),
  });
  const edges = {
    starts: edge(flow, 'TRIGGERED_BY', item),
    calls: edge(flow, 'CALLS', rest),
    asks: edge(workflow, 'CAN_REQUEST_OIDC', subject),
    has: edge(principal, 'HAS_CREDENTIAL', federated),
    grants: edge(role, 'GRANTS', permission),
    reaches: edge(permission, 'APPLIES_TO', bucket),
    owned: edge(principal, 'OWNED_BY', owner),
  };
  const segments = [
    chain([item.id, flow.id, rest.id], [edges.starts.id, edges.calls.id], { source_system: 'servicenow' }),
    chain([workflow.id, subject.id], [edges.asks.id], { source_system: 'github' }),
    chain([federated.id, principal.id], [edges.has.id], { source_system: 'entra' }),
    chain([role.id, permission.id, bucket.id], [edges.grants.id, edges.reaches.id], { id: SHOWN.chain }),
  ].map((segment) => ({ ...segment, tenant_id: NORTHWIND }));
  const nodes = [item, flow, rest, workflow, subject, federated, principal, role, permission, bucket];
  const join = (rule: string, left: EntityView, right: EntityView, key: string, value: string) => ({
    rule,
    left: { entity: left.id, key, value },
    right: { entity: right.id, key, value },
  });
  const whole = path({
    id: SHOWN.path,
    tenant_id: NORTHWIND,
    segments: segments.map((segment) => segment.id),
    nodes: nodes.map((node) => node.id),
    head: item.id,
    tail: bucket.id,
    systems: ['servicenow', 'github', 'entra', 'aws'],
    joins: [
      join('servicenow_dispatch', rest, workflow, 'github_dispatch', 'github.com|northwind-robotics/customer-sync|sync.yml'),
      join(
        'github_oidc_to_entra',
        subject,
        federated,
        'entra_federated_credential',
        'token.actions.githubusercontent.com|repo:northwind-robotics/customer-sync:ref:refs/heads/main|api://AzureADTokenExchange',
      ),
      join(
        'entra_to_aws',
        principal,
        role,
        'oidc_trust',
        'sts.windows.net/0b7c3f52-5a0e-4c55-9d8b-6f6a3f1f0a11/|9a1f6a0c-3f0e-4f6f-9a55-0c1d2e3f4a51',
      ),
    ],
  });
  const main = finding({
    id: SHOWN.finding,
    tenant_id: NORTHWIND,
    rule_id: SHOWN.rule,
    title: 'A path nobody owns reaches sensitive data',
    subject: principal.id,
    subject_name: 'customer-sync',
    source_system: 'entra',
    facts: {
      resource: 'northwind-customer-exports',
      classification: 'customer-data',
      owner: 'Dana Reyes (disabled)',
      systems: ['servicenow', 'github', 'entra', 'aws'],
    },
    explanation: {
      entities: [principal.id, owner.id, bucket.id],
      edges: [edges.owned.id],
      chains: segments.map((segment) => segment.id),
      paths: [whole.id],
    },
  });
  const others = (['critical', 'high', 'high', 'medium', 'medium', 'low'] as const).map((severity, index) =>
    finding({
      id: sha256(`other ${index}`),
      tenant_id: NORTHWIND,
      severity,
      title:
        [
          'A role may do everything',
          'An owner has left',
          'A trust names no external id',
          'A secret lives long',
          'An access key was not rotated',
          'A user has two active keys',
        ][index] ?? '',
      subject_name: ['ops-admin', 'report-export', 'partner-reader', 'legacy-app', 'ci-user', 'backup'][index] ?? '',
      opened_at: ago(600 * (index + 1)),
    }),
  );
  const own = { tenant: NORTHWIND };
  await collections.entities.insertMany([...nodes, owner].map((node) => entityDoc(node, own)));
  await collections.edges.insertMany(Object.values(edges).map((stored) => edgeDoc(stored, 'aws', NORTHWIND)));
  await collections.executionChains.insertMany(segments.map(chainDoc));
  await collections.stitchedPaths.insertOne(pathDoc(whole));
  await collections.findings.insertMany([
    findingDoc(main),
    ...others.map((other, index) => findingDoc(other, index === 5 ? { change: 'resolved', status: 'resolved', resolved_at: ago(5) } : {})),
  ]);
  const blob = { digest: sha256('{"a":1}'), bytes: '{"a":1}' };
  const packed = pack({ tenant_id: NORTHWIND, finding_id: SHOWN.finding, rule_id: SHOWN.rule });
  await collections.evidencePacks.insertOne(
    packDoc({ ...packed, manifest: { ...packed.manifest, entries: [{ path: 'finding.json', digest: blob.digest, bytes: 7 }] } }),
  );
  await collections.evidenceBlobs.insertOne({ _id: `${NORTHWIND}:${blob.digest}`, tenant_id: NORTHWIND, ...blob });
}

export const RULE_TEXT = {
  rationale:
    'Authority flows from something that anyone may start to data that is classified as sensitive, and nobody who still works here answers for an identity on the way. When it is misused, nobody notices and nobody can say what it was for.',
  remediation:
    'Give the service principal a living owner, or remove its federated credential. Then narrow the role’s trust to what the new owner needs.',
};
