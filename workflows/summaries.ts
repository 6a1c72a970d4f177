/** One line for each activity in the Temporal Web UI. Fixed words: nothing of a tenant is in them (FLOW-05). */
import type { CollectActivities } from '../activities/collect.ts';
import type { DeriveActivities } from '../activities/derive.ts';
import type { GateActivities } from '../activities/gate.ts';
import type { LedgerActivities } from '../activities/ledger.ts';
import type { PassActivities } from '../activities/pass.ts';
import type { PreflightActivities } from '../activities/preflight.ts';
import type { ReapActivities } from '../activities/reap.ts';
import type { SyncActivities } from '../activities/sync.ts';
import type { TestConnectionActivities } from '../activities/test-connection.ts';

type Ledger = LedgerActivities & PassActivities & GateActivities & ReapActivities;
type Stages = PreflightActivities & CollectActivities & SyncActivities & DeriveActivities & TestConnectionActivities;

export const SUMMARIES: Readonly<Record<keyof (Ledger & Stages), string>> = {
  openRun: 'claims the scope, opens the run',
  openGateRun: "claims the tenant's gate row, opens the run",
  ensureGateScope: "makes the tenant's gate row",
  joinDerivation: "asks for the tenant's next pass",
  askForDerivation: "asks for the tenant's next pass, and whether the coordinator is at work",
  closeRun: 'ends the run: status from its cells, scope free',
  beginPassWhenQuiet: 'begins a pass for everyone who waits, unless a sibling is about to join',
  countSiblings: 'counts scans that are about to join',
  beginPass: 'begins a pass for everyone who waits',
  finishPass: 'stamps what is open, tells who is served',
  resolveCredentials: 'proves that the credential can be had; gives no value',
  runConnector: "runs the connector's child, stores what it read",
  testConnection: 'asks the source for each permission',
  syncGraph: 'writes what changed into the graph',
  buildChains: 'builds execution chains',
  stitchPaths: 'joins chains across systems',
  evaluateFindings: 'evaluates the rules',
  buildEvidence: 'seals evidence packs',
  snapshotTenants: 'writes down whom the gate goes over',
  readGateBatch: 'reads the tenants of the batch',
  countStale: 'counts records of another builder version',
  dropSnapshot: 'forgets whom the gate went over',
  reap: 'ends runs whose work is gone, and work whose run is over',
};
