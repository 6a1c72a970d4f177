/** The application over ports in memory: every port answers with what a test put there and keeps what it was asked. */
import { type App, createApp } from '../../api/app.ts';
import type { AppDeps } from '../../api/deps.ts';
import type {
  CancelRun,
  ConnectionTests,
  GateStarted,
  IngestRequest,
  RetryRun,
  Started,
  StartGate,
  StartScan,
  Views,
} from '../../api/ports.ts';
import type { ConnectionTest } from '../../domain/connectors/connection-test.ts';
import { awsManifest } from '../../connectors/aws/manifest.ts';
import { githubManifest } from '../../connectors/github/manifest.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { AuditRecord, FindingDetail, Home, PathDetail, RunDetail } from '../../domain/views/types.ts';
import { administrationUnderTest, type Written } from '../support/administration.ts';
import { SUPER_ADMIN } from '../support/callers.ts';
import {
  ACME,
  AWS_MAIN,
  AWS_SCOPE,
  chain,
  entity,
  finding,
  instance,
  instanceRow,
  NOW,
  numberedRun,
  pack,
  path,
  run,
  scope,
  scopeRow,
  tenant,
} from '../ui/records.ts';

export interface Asked {
  readonly starts: StartScan[];
  readonly retries: RetryRun[];
  readonly cancels: CancelRun[];
  readonly gates: StartGate[];
  readonly ingests: (Omit<IngestRequest, 'body'> & { readonly bytes: number })[];
  readonly audits: { readonly tenant: TenantId; readonly action: string; readonly actor: string; readonly subject: object }[];
  readonly written: Written[];
  readonly tests: Parameters<ConnectionTests['test']>[0][];
  readonly logged: object[];
  /** Method and arguments of every view that was read. */
  readonly views: { readonly name: string; readonly args: readonly unknown[] }[];
}

export interface Overrides {
  readonly deps?: Partial<AppDeps>;
  readonly tenantViews?: Partial<Views['tenant']>;
  readonly operatorViews?: Partial<Views['operator']>;
}

export const EMPTY_HOME: Home = {
  problems: [],
  problems_truncated: false,
  active_scopes: 0,
  never_run: [],
  never_run_count: 0,
  last_ended_at: null,
  recent: [],
  recent_truncated: false,
};

export const detailOf = (over: Partial<RunDetail> = {}): RunDetail => ({
  run: run(),
  tenant_name: 'Acme Robotics',
  scope_name: 'Everything in the main account',
  instance_name: 'Main account',
  history: [],
  scope: scope(),
  sync: null,
  pass_findings: [],
  pass_findings_more: [],
  superseded_pass: false,
  retries: [],
  ...over,
});

const EMPTY_PROOF = { entities: [], edges: [], chains: [], paths: [], truncated: false };
export const findingDetailOf = (over: Partial<FindingDetail> = {}): FindingDetail => ({
  finding: finding(),
  tenant_name: 'Acme Robotics',
  proof: { ...EMPTY_PROOF, entities: [entity('deployer')] },
  pack: pack(),
  ...over,
});
export const pathDetailOf = (over: Partial<PathDetail> = {}): PathDetail => ({
  path: path({}),
  tenant_name: 'Acme Robotics',
  proof: EMPTY_PROOF,
  ...over,
});

const AUDIT_RECORD: AuditRecord = {
  tenant_id: ACME,
  seq: 1,
  at: NOW,
  action: 'credential.resolve',
  outcome: 'granted',
  actor: 'run:r1',
  subject: { key_names: ['AWS_ACCESS_KEY_ID'] },
  previous: '0'.repeat(64),
  hash: 'a'.repeat(64),
};

export const STARTED: Started = { run_id: numberedRun(77), workflow_id: 'scan/acme-aws-main-all/api' };

const GATE_STARTED: GateStarted = { gate_id: 'some-gate', workflow_id: 'gate/some-gate' };

export const CONNECTION_TEST: ConnectionTest = {
  tenant_id: ACME,
  instance_id: instance()._id,
  connector: 'aws',
  tested_at: NOW.toISOString(),
  problem: null,
  permissions: [
    { permission: 'iam:ListRoles', categories: ['iam'], status: 'granted', advice: null },
    { permission: 'iam:ListAccessKeys', categories: ['iam'], status: 'missing', advice: 'grant iam:ListAccessKeys' },
  ],
};

export function appUnderTest(over: Overrides = {}): { readonly app: App; readonly asked: Asked } {
  const asked: Asked = {
    starts: [],
    retries: [],
    cancels: [],
    gates: [],
    ingests: [],
    audits: [],
    written: [],
    tests: [],
    logged: [],
    views: [],
  };
  const own = <T>(owner: TenantId, value: T): T | null => (owner === ACME ? value : null);
  const one = <T>(owner: TenantId, value: T) => ({ items: owner === ACME ? [value] : [], next: null });
  const someChain = chain([entity('a').id, entity('b').id], ['e'.repeat(64)]);
  const tenantViews: Views['tenant'] = {
    runs: async (owner) => one(owner, run()),
    run: async (owner) => own(owner, run()),
    instances: async (owner) => one(owner, instance()),
    instance: async (owner) => own(owner, instance()),
    scopes: async (owner) => one(owner, scope()),
    scope: async (owner) => own(owner, scope()),
    findings: async (owner) => one(owner, finding()),
    finding: async (owner) => own(owner, finding()),
    findingDetail: async (owner) => own(owner, findingDetailOf()),
    chains: async (owner) => one(owner, someChain),
    chain: async (owner) => own(owner, someChain),
    paths: async (owner) => one(owner, path({})),
    path: async (owner) => own(owner, path({})),
    pathDetail: async (owner) => own(owner, pathDetailOf()),
    packs: async (owner) => one(owner, pack()),
    pack: async (owner) => own(owner, pack()),
    packBlobs: async () => [{ digest: pack().manifest.entries[0]?.digest ?? '', bytes: '{}' }],
    entities: async (owner) => one(owner, entity('deployer')),
    entity: async (owner) => own(owner, entity('deployer')),
    neighbours: async (owner) => own(owner, { items: [], next: null }),
    chainDetail: async (owner) => own(owner, { chain: someChain, tenant_name: 'Acme Robotics', proof: EMPTY_PROOF }),
    auditVerdict: async () => ({ intact: true, records: 1, head: { seq: 1, hash: 'a'.repeat(64) } }),
    auditRecords: async (owner) => one(owner, AUDIT_RECORD),
    ...over.tenantViews,
  };
  const operatorViews: Views['operator'] = {
    home: async () => EMPTY_HOME,
    runs: async () => ({ items: [detailOf()], next: null }),
    runDetail: async () => detailOf(),
    run: async () => detailOf().run,
    newestRuns: async () => [detailOf().run],
    tenants: async () => ({ items: [tenant()], next: null }),
    tenant: async (wanted) => (wanted === ACME ? tenant() : null),
    scopes: async () => ({ items: [scopeRow()], next: null }),
    scope: async (wanted) => (wanted === AWS_SCOPE ? scopeRow() : null),
    instances: async () => ({ items: [instanceRow()], next: null }),
    instance: async (wanted) => (wanted === AWS_MAIN ? instanceRow() : null),
    ownerOf: async (kind) => (kind === 'finding' ? null : ACME),
    urgentFindings: async (tenants) => tenants.map((wanted) => ({ tenant_id: wanted, critical: 3, high: 1000 })),
    ...over.operatorViews,
  };
  const app = createApp({
    views: { tenant: recorded('tenant', tenantViews, asked), operator: recorded('operator', operatorViews, asked) },
    ingest: {
      async accept({ body, ...request }) {
        let bytes = 0;
        for await (const chunk of body) bytes += chunk.byteLength;
        asked.ingests.push({ ...request, bytes });
        return STARTED;
      },
    },
    measures: {
      recentRuns: async () => ({ by_status: { failed: 2 }, stages: [{ stage: '__sync', p50: 1, p95: 2.5 }] }),
      recentResolves: async () => [
        { provider: 'env', outcome: 'granted', code: '', count: 7 },
        { provider: 'env', outcome: 'refused', code: 'CREDENTIALS_REQUIRED', count: 3 },
      ],
    },
    health: {
      check: async () => [
        { name: 'mongodb', ok: true },
        { name: 'temporal', ok: true },
      ],
    },
    audit: { record: async (owner, entry) => void asked.audits.push({ tenant: owner, ...entry }) },
    callers: SUPER_ADMIN,
    rules: { get: () => undefined },
    connectors: [awsManifest, githubManifest],
    runControl: {
      start: async (request) => (asked.starts.push(request), STARTED),
      retry: async (request) => (asked.retries.push(request), STARTED),
      cancel: async (request) => void asked.cancels.push(request),
      outcome: async () => ({ status: 'over', run_status: 'succeeded' }),
    },
    gate: {
      start: async (request) => (asked.gates.push(request), GATE_STARTED),
      get: async () => ({ ...GATE_STARTED, status: 'running', progress: null, summary: null, failure: null }),
    },
    administration: administrationUnderTest(asked.written),
    connectionTests: {
      test: async (request) => (asked.tests.push(request), CONNECTION_TEST),
      latest: async () => ({ status: 'done', result: CONNECTION_TEST }),
    },
    temporalUi: { url: 'http://127.0.0.1:8233', namespace: 'default' },
    log: { error: (facts) => void asked.logged.push(facts) },
    now: () => NOW,
    version: '0.1.0',
    ...over.deps,
  });
  return { app, asked };
}

function recorded<T extends object>(port: string, views: T, asked: Asked): T {
  return Object.fromEntries(
    Object.entries(views).map(([name, method]) => [
      name,
      (...args: unknown[]) => {
        asked.views.push({ name: `${port}.${name}`, args });
        return (method as (...given: unknown[]) => unknown)(...args);
      },
    ]),
  ) as T;
}
