/** One database connection and everything that is built on it. */
import { sha256 } from '../../domain/canonical.ts';
import { createArtifactStore } from '../../storage/artifacts/gridfs.ts';
import { collectionsOf } from '../../storage/collections.ts';
import { createAuditRepository } from '../../storage/mongo/audit.ts';
import { createBindingRepository } from '../../storage/mongo/bindings.ts';
import { createChangeRepository } from '../../storage/mongo/changes.ts';
import { connectMongo } from '../../storage/mongo/client.ts';
import { createConnectorLogRepository } from '../../storage/mongo/connector-logs.ts';
import { createCoverageRepository } from '../../storage/mongo/coverage.ts';
import { createCounts } from '../../storage/mongo/counts.ts';
import { createStoredCredentialRepository } from '../../storage/mongo/credentials.ts';
import { createDerivedRepository } from '../../storage/mongo/derived.ts';
import { createEndedSessions } from '../../storage/mongo/ended-sessions.ts';
import { createEvidenceRepository } from '../../storage/mongo/evidence.ts';
import { createFindingRepository } from '../../storage/mongo/findings.ts';
import { createGateSnapshots } from '../../storage/mongo/gate-snapshots.ts';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createIntakeRepository } from '../../storage/mongo/intake.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createLookups } from '../../storage/mongo/lookups.ts';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { createScopeRepository } from '../../storage/mongo/scopes.ts';
import { serverTime } from '../../storage/mongo/server-time.ts';
import { createSyncRepository } from '../../storage/mongo/syncs.ts';
import { createTenantStateRepository } from '../../storage/mongo/tenant-state.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { createVerifiedTenants } from '../../storage/mongo/verified-tenants.ts';
import { createGraphSync } from '../../storage/sync/sync-graph.ts';

export type Storage = Awaited<ReturnType<typeof openStorage>>;

export interface StorageSettings {
  readonly uri: string;
  readonly database: string;
  readonly artifactKey: Uint8Array;
}

export async function openStorage({ uri, database, artifactKey }: StorageSettings) {
  const connection = await connectMongo(uri, { database });
  const collections = collectionsOf(connection.db);
  const runs = createRunRepository(collections);
  const scopes = createScopeRepository(collections);
  const tenants = createTenantRepository(collections);
  const instances = createInstanceRepository(collections);
  return {
    connection,
    collections,
    runs,
    scopes,
    tenants,
    instances,
    syncs: createSyncRepository(collections),
    coverage: createCoverageRepository(collections),
    graph: createGraphRepository(collections),
    changes: createChangeRepository(collections),
    graphSync: createGraphSync(collections),
    derived: createDerivedRepository(collections),
    findings: createFindingRepository(collections),
    evidence: createEvidenceRepository(collections),
    connectorLogs: createConnectorLogRepository(collections),
    audit: createAuditRepository(collections),
    bindings: createBindingRepository(collections),
    intake: createIntakeRepository(collections),
    credentials: createStoredCredentialRepository(collections),
    endedSessions: createEndedSessions(collections),
    gateSnapshots: createGateSnapshots(collections),
    tenantState: createTenantStateRepository(collections),
    artifacts: createArtifactStore(connection.db, { keys: [{ id: sha256(artifactKey).slice(0, 16), key: artifactKey }] }),
    verifiedTenants: createVerifiedTenants({ scopes, runs, tenants, instances }),
    lookups: createLookups(collections),
    counts: createCounts(collections),
    serverTime: () => serverTime(connection.db),
    close: () => connection.close(),
  };
}
