/** Records for tests of the API, the pages and the views: small, typed, the same every time. */
import { digestOf, sha256 } from '../../domain/canonical.ts';
import { instanceId, type RunId, runId, scopeId, tenantId } from '../../domain/ids.ts';
import type { Cell, CellError, ScanRun } from '../../domain/runs/types.ts';
import type { ConnectorInstance, ScanScope, Tenant } from '../../domain/tenancy/types.ts';
import type { Versioned } from '../../storage/ports/instances.ts';
import type { EntityView, FindingView, InstanceRow, PackView, PathView, ChainView, ScopeRow } from '../../domain/views/types.ts';

export const NOW = new Date('2026-11-22T06:30:00.000Z');
export const MINUTE = 60_000;
export const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * MINUTE);

export const ACME = tenantId('acme');
export const GLOBEX = tenantId('globex');
export const AWS_MAIN = instanceId('acme-aws-main');
export const AWS_SCOPE = scopeId('acme-aws-main-all');
export const RUN = runId('0190a000-0000-4000-8000-000000000001');

export const id = (name: string): string => sha256(name);

export const tenant = (over: Partial<Tenant> = {}): Versioned<Tenant> => ({
  version: 4,
  _id: ACME,
  slug: 'ACME',
  name: 'Acme Robotics',
  kind: 'demo',
  status: 'active',
  created_at: ago(60 * 24 * 90),
  ...over,
});

export const instance = (over: Partial<ConnectorInstance> = {}): Versioned<ConnectorInstance> => ({
  version: 5,
  _id: AWS_MAIN,
  tenant_id: ACME,
  connector: 'aws',
  name: 'Main account',
  source_tenant: '111122223333',
  credentials_ref: { provider: 'env', ref: 'AWS_PRIMARY' },
  config: { regions: ['eu-central-1'] },
  status: 'active',
  created_at: ago(60 * 24 * 80),
  ...over,
});

export const scope = (over: Partial<ScanScope> = {}): Versioned<ScanScope> => ({
  version: 6,
  _id: AWS_SCOPE,
  tenant_id: ACME,
  instance_id: AWS_MAIN,
  kind: 'scan',
  name: 'Everything in the main account',
  categories: ['iam_users', 'iam_roles', 'lambda_functions', 's3_buckets'],
  params: {},
  budget: { max_runtime_seconds: 1800 },
  cooldown_seconds: 3600,
  cooldown_until: new Date(0),
  in_flight: null,
  generation: 7,
  last_claimed_at: ago(10),
  schedule_id: 'schedule-acme-aws',
  schedule: { kind: 'interval', every_seconds: 3600 },
  paused: null,
  status: 'active',
  created_at: ago(60 * 24 * 80),
  ...over,
});

export const scopeRow = (over: Partial<ScanScope> = {}, around: Partial<ScopeRow> = {}): ScopeRow => ({
  scope: scope(over),
  tenant_name: 'Acme Robotics',
  tenant_status: 'active',
  instance_name: 'Main account',
  connector: 'aws',
  last_run: { run_id: RUN, status: 'succeeded', reason: null, started_at: ago(10), ended_at: ago(9) },
  ...around,
});

export const instanceRow = (over: Partial<ConnectorInstance> = {}, around: Partial<InstanceRow> = {}): InstanceRow => ({
  instance: instance(over),
  tenant_name: 'Acme Robotics',
  tenant_status: 'active',
  last_resolve: {
    at: ago(10),
    granted: true,
    provider: 'env',
    purpose: 'launch',
    version: 'none',
    code: null,
    key_names: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  },
  binding: null,
  ...around,
});

export const cellError = (over: Partial<CellError> = {}): CellError => ({
  code: 'PERMISSION_DENIED',
  class: 'persistent',
  message: 'the source refused to list functions',
  actor: 'customer',
  ...over,
});

/** Begins `from` seconds after the run's start and takes `seconds`. */
export function cell(start: Date, from: number, seconds: number, over: Partial<Cell> = {}): Cell {
  return {
    status: 'succeeded',
    items_scanned: 0,
    started_at: new Date(start.getTime() + from * 1000).toISOString(),
    ended_at: new Date(start.getTime() + (from + seconds) * 1000).toISOString(),
    errors: [],
    ...over,
  };
}

export function cells(start: Date, size = 1): Record<string, Cell> {
  return {
    iam_users: cell(start, 4, 9, { items_scanned: 42 * size }),
    iam_roles: cell(start, 4, 22, { items_scanned: 180 * size }),
    lambda_functions: cell(start, 27, 14, { items_scanned: 65 * size }),
    s3_buckets: cell(start, 30, 8, { items_scanned: 31 * size }),
    __sync: cell(start, 44, 6, { items_scanned: 12 * size }),
    __chain: cell(start, 52, 3, { items_scanned: 9 * size }),
    __stitch: cell(start, 55, 1, { items_scanned: 2 }),
    __eval: cell(start, 56, 4, { items_scanned: 3 }),
    __evidence: cell(start, 60, 5, { items_scanned: 3 }),
  };
}

export function run(over: Partial<ScanRun> = {}): ScanRun {
  const started = over.started_at ?? ago(10);
  return {
    _id: RUN,
    tenant_id: ACME,
    scope_id: AWS_SCOPE,
    instance_id: AWS_MAIN,
    connector: 'aws',
    status: 'succeeded',
    reason: null,
    trigger: { type: 'scheduled', source: 'schedule:schedule-acme-aws', triggered_by_user_id: null },
    workflow_id: 'scan/acme-aws-main-all/2026-11-22T06:20:00Z',
    generation: 7,
    category_results: cells(started),
    sync_id: 'sync-1',
    derive_cells: ['__chain', '__stitch', '__eval', '__evidence'],
    derivation_requested_at: new Date(started.getTime() + 50_000),
    derivation_pass: 12,
    collected_at: new Date(started.getTime() + 43_000),
    isolation: 'bubblewrap',
    started_at: started,
    deadline_at: new Date(started.getTime() + 1_800_000),
    ended_at: new Date(started.getTime() + 66_000),
    ...over,
  };
}

export const numberedRun = (number: number): RunId => runId(`0190a000-0000-4000-8000-${String(number).padStart(12, '0')}`);

export function failedRun(over: Partial<ScanRun> = {}): ScanRun {
  const started = over.started_at ?? ago(10);
  const skipped = cell(started, 41, 0, { status: 'skipped' });
  return run({
    status: 'partial',
    reason: 'some_categories_failed',
    category_results: {
      ...cells(started),
      lambda_functions: cell(started, 27, 3, { status: 'failed', errors: [cellError({ subject: 'lambda:ListFunctions' })] }),
      __evidence: skipped,
    },
    ...over,
    started_at: started,
  });
}

export const entity = (name: string, over: Partial<EntityView> = {}): EntityView => ({
  id: id(`entity ${name}`),
  type: 'role',
  subtype: 'iam_role',
  source_system: 'aws',
  source_tenant: '111122223333',
  native_id: `arn:aws:iam::111122223333:role/${name}`,
  display_name: name,
  category: 'iam_roles',
  props: { path: '/', max_session_duration: 3600 },
  join_keys: [],
  content_hash: id(`content ${name}`),
  sightings: [
    {
      scope_id: AWS_SCOPE,
      instance_id: AWS_MAIN,
      category: 'iam_roles',
      sync_id: 'sync-1',
      run_id: RUN,
      first_seen_at: ago(60 * 24 * 40),
      last_seen_at: ago(9),
    },
  ],
  ...over,
});

export const finding = (over: Partial<FindingView> = {}): FindingView => ({
  id: id('finding 1'),
  tenant_id: ACME,
  rule_id: 'admin_policy',
  rule_version: 1,
  title: 'An identity may do everything',
  severity: 'critical',
  subject: id('entity deployer'),
  subject_name: 'deployer',
  source_system: 'aws',
  identity: { role: id('entity deployer') },
  facts: { statements: ['AllowAll'], policy: 'deployer-inline' },
  explanation: { entities: [id('entity deployer')], edges: [], chains: [], paths: [] },
  status: 'open',
  opened_at: ago(60 * 24 * 3),
  resolved_at: null,
  reopened_at: null,
  last_seen_at: ago(9),
  suppression: null,
  ...over,
});

const derived = {
  tenant_id: ACME,
  builder_version: 'chains/3',
  graph_revision: id('revision'),
  pass: 12,
  first_seen_at: ago(60 * 24 * 3),
  last_seen_at: ago(9),
  retired_at: null,
};

export function chain(nodes: readonly string[], edges: readonly string[], over: Partial<ChainView> = {}): ChainView {
  return {
    ...derived,
    id: digestOf([nodes[0] ?? '', edges]),
    anchor: nodes[0] ?? '',
    nodes,
    edges,
    source_system: 'aws',
    source_tenant: '111122223333',
    head: { entity: nodes[0] ?? '', open: false, join_keys: [] },
    tail: { entity: nodes.at(-1) ?? '', open: false, join_keys: [] },
    truncated: false,
    limit: null,
    ...over,
  };
}

export const path = (over: Partial<PathView>): PathView => ({
  ...derived,
  id: id('path 1'),
  segments: [],
  joins: [],
  systems: ['github', 'aws'],
  nodes: [],
  head: '',
  tail: '',
  completeness: 'complete',
  truncated: false,
  ...over,
});

export const pack = (over: Partial<PackView> = {}): PackView => ({
  tenant_id: ACME,
  digest: id('pack 1'),
  finding_id: id('finding 1'),
  rule_id: 'admin_policy',
  manifest: {
    schema: 'sv0.evidence-pack/1',
    tenant_id: ACME,
    finding_id: id('finding 1'),
    rule: { id: 'admin_policy', version: 1 },
    builder_versions: { chains: 'chains/3' },
    syncs: ['sync-1'],
    entries: [{ path: 'finding.json', digest: sha256('{}'), bytes: 2 }],
  },
  envelope: { payloadType: 'application/vnd.sv0.evidence+json', payload: 'e30=', signatures: [{ keyid: 'dev-key-1', sig: 'c2ln' }] },
  built_at: ago(9),
  superseded_at: null,
  ...over,
});
