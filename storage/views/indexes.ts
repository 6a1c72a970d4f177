/** Indexes that the views' queries walk, beside those of the repositories; none is unique. */
import type { Collections } from '../collections.ts';

type Keys = Readonly<Record<string, 1 | -1>>;

const NEWEST: Keys = { started_at: -1, _id: -1 };

export const VIEW_INDEXES: Readonly<Partial<Record<keyof Collections, readonly Keys[]>>> = {
  scanRuns: [
    NEWEST,
    { status: 1, ...NEWEST },
    { connector: 1, ...NEWEST },
    { connector: 1, status: 1, ...NEWEST },
    { tenant_id: 1, ...NEWEST },
    { tenant_id: 1, status: 1, ...NEWEST },
    { tenant_id: 1, connector: 1, ...NEWEST },
    { tenant_id: 1, connector: 1, status: 1, ...NEWEST },
    { scope_id: 1, ...NEWEST },
    { scope_id: 1, status: 1, ...NEWEST },
    { tenant_id: 1, 'trigger.retry_of': 1 },
  ],
  scanScopes: [
    { status: 1, kind: 1, last_claimed_at: 1 },
    { tenant_id: 1, _id: 1 },
    { tenant_id: 1, instance_id: 1, _id: 1 },
    { kind: 1, _id: 1 },
    { kind: 1, instance_id: 1, _id: 1 },
    { tenant_id: 1, kind: 1, _id: 1 },
  ],
  connectorInstances: [
    { connector: 1, _id: 1 },
    { tenant_id: 1, _id: 1 },
    { tenant_id: 1, connector: 1, _id: 1 },
  ],
  audit: [
    { tenant_id: 1, action: 1, 'subject.instance': 1, seq: -1 },
    { action: 1, at: -1, _id: -1 },
  ],
  tenants: [{ status: 1, _id: 1 }],
  connectorSyncs: [{ tenant_id: 1, run_id: 1 }],
  findings: [
    { tenant_id: 1, severity: 1, opened_at: -1, _id: -1 },
    { tenant_id: 1, status: 1, severity: 1, opened_at: -1, _id: -1 },
    { tenant_id: 1, rule_id: 1, severity: 1, opened_at: -1, _id: -1 },
    // Longer than the others in equal fields, or a server picks one of those and walks every rule's findings.
    { tenant_id: 1, rule_id: 1, status: 1, severity: 1, opened_at: -1, _id: -1 },
    { tenant_id: 1, changed_pass: 1, change: 1, id: 1 },
  ],
  executionChains: [{ tenant_id: 1, retired_at: 1, id: 1 }],
  stitchedPaths: [{ tenant_id: 1, retired_at: 1, id: 1 }],
  evidencePacks: [
    { tenant_id: 1, digest: 1 },
    { tenant_id: 1, finding_id: 1, digest: 1 },
    { tenant_id: 1, finding_id: 1, superseded_at: 1 },
  ],
  edges: [
    { tenant_id: 1, removed: 1, from: 1, edge_id: 1 },
    { tenant_id: 1, removed: 1, to: 1, edge_id: 1 },
  ],
  entities: [
    { tenant_id: 1, removed: 1, entity_id: 1 },
    { tenant_id: 1, removed: 1, type: 1, entity_id: 1 },
  ],
};
