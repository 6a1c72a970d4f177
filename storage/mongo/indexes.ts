/**
 * Every secondary index, as data. None is unique: nothing correct rests on a unique secondary index that rows leave by update
 * (architecture decision 13); what must be unique is an `_id`.
 */
import type { Db, IndexSpecification } from 'mongodb';
import { collectionsOf, type Collections } from '../collections.ts';
import { VIEW_INDEXES } from '../views/indexes.ts';
import { mapMongoError } from './errors.ts';

export const INDEXES: Readonly<Record<keyof Collections, readonly IndexSpecification[]>> = {
  tenants: [{ status: 1, _id: 1 }, { slug: 1 }],
  tenantSlugs: [],
  endedSessions: [{ expires_at: 1 }],
  connectorInstances: [{ tenant_id: 1, connector: 1, _id: 1 }],
  scanScopes: [
    { tenant_id: 1, kind: 1, _id: 1 },
    { tenant_id: 1, instance_id: 1, _id: 1 },
    { 'in_flight.run': 1, last_claimed_at: 1 },
  ],
  scanRuns: [
    { tenant_id: 1, started_at: -1, _id: -1 },
    { tenant_id: 1, scope_id: 1, started_at: -1, _id: -1 },
    { tenant_id: 1, status: 1, started_at: -1, _id: -1 },
    { tenant_id: 1, status: 1, derivation_requested_at: 1, _id: 1 },
    { tenant_id: 1, derivation_pass: 1, _id: 1 },
    { status: 1, started_at: 1 },
  ],
  connectorSyncs: [
    { tenant_id: 1, run_id: 1 },
    { tenant_id: 1, scope_id: 1, completed_at: -1 },
  ],
  entities: [
    { tenant_id: 1, removed: 1, entity_id: 1 },
    { tenant_id: 1, scope_id: 1, category: 1, gen: 1 },
    { tenant_id: 1, changed_run: 1, change: 1, _id: 1 },
  ],
  edges: [
    { tenant_id: 1, removed: 1, edge_id: 1 },
    { tenant_id: 1, scope_id: 1, category: 1, gen: 1 },
    { tenant_id: 1, changed_run: 1, change: 1, _id: 1 },
  ],
  coverage: [{ tenant_id: 1, scope_id: 1, category: 1 }],
  executionChains: derived(),
  stitchedPaths: derived(),
  unresolvedJoins: derived(),
  findings: [
    { tenant_id: 1, status: 1, id: 1 },
    { tenant_id: 1, rule_id: 1, id: 1 },
    { tenant_id: 1, changed_pass: 1, change: 1, id: 1 },
    { tenant_id: 1, id: 1 },
    { id: 1 },
  ],
  evidencePacks: [
    { tenant_id: 1, finding_id: 1, superseded_at: 1 },
    { tenant_id: 1, superseded_at: 1 },
    { tenant_id: 1, changed_pass: 1 },
  ],
  evidenceBlobs: [],
  tenantState: [],
  audit: [
    { tenant_id: 1, seq: 1 },
    { tenant_id: 1, action: 1, seq: 1 },
  ],
  storedCredentials: [{ tenant_id: 1, instance_id: 1, version: 1 }],
  credentialStates: [
    { tenant_id: 1, instance_id: 1 },
    { tenant_id: 1, state: 1 },
  ],
  intakeLinks: [
    { tenant_id: 1, created_at: -1, _id: 1 },
    { tenant_id: 1, state: 1 },
  ],
  federationBindings: [{ tenant_id: 1, instance_id: 1 }],
  federationIdentifiers: [],
  gateBatches: [{ snapshot: 1 }, { created_at: 1 }],
  connectorLogs: [{ updated_at: 1 }],
};

function derived(): readonly IndexSpecification[] {
  return [
    { tenant_id: 1, retired_at: 1, id: 1 },
    { tenant_id: 1, retired_at: 1, pass: 1 },
    { tenant_id: 1, changed_pass: 1, change: 1 },
    { tenant_id: 1, retired_at: 1, builder_version: 1 },
  ];
}

/** Makes what is missing; safe to repeat and to run from several processes at once. */
export async function ensureIndexes(db: Db): Promise<void> {
  const collections = collectionsOf(db);
  try {
    for (const name of Object.keys(INDEXES) as (keyof Collections)[]) {
      const specifications = [...INDEXES[name], ...(VIEW_INDEXES[name] ?? [])].map((key) => ({ key: key as Record<string, 1 | -1> }));
      if (specifications.length > 0) await collections[name].createIndexes(specifications);
    }
  } catch (error) {
    throw mapMongoError(error, 'indexes.ensure');
  }
}
