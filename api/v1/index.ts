/** Every route of `/api/v1`, one file each, named by verb and address. */
import type { Register } from '../schemas/common.ts';
import { getConnectorInstancesId } from './get.connector-instances.id.ts';
import { getConnectorInstances } from './get.connector-instances.ts';
import { getEntitiesId } from './get.entities.id.ts';
import { getEntities } from './get.entities.ts';
import { getEvidencePacksIdFile } from './get.evidence-packs.id.file.ts';
import { getEvidencePacksId } from './get.evidence-packs.id.ts';
import { getEvidencePacks } from './get.evidence-packs.ts';
import { getExecutionChainsId } from './get.execution-chains.id.ts';
import { getExecutionChains } from './get.execution-chains.ts';
import { getFindingsExport } from './get.findings.export.ts';
import { getFindingsId } from './get.findings.id.ts';
import { getFindings } from './get.findings.ts';
import { getScanRunsId } from './get.scan-runs.id.ts';
import { getScanRuns } from './get.scan-runs.ts';
import { getScanScopesId } from './get.scan-scopes.id.ts';
import { getScanScopes } from './get.scan-scopes.ts';
import { getStitchedPathsId } from './get.stitched-paths.id.ts';
import { getStitchedPaths } from './get.stitched-paths.ts';
import { getTenantsId } from './get.tenants.id.ts';
import { getTenants } from './get.tenants.ts';
import { postIngestNormalizedGraph } from './post.ingest.normalized-graph.ts';
import { postScanRunsIdCancel } from './post.scan-runs.id.cancel.ts';
import { postScanRunsIdRetry } from './post.scan-runs.id.retry.ts';
import { postScanRuns } from './post.scan-runs.ts';

export const ROUTES: readonly Register[] = [
  postIngestNormalizedGraph,
  postScanRuns,
  postScanRunsIdRetry,
  postScanRunsIdCancel,
  getScanRuns,
  getScanRunsId,
  getTenants,
  getTenantsId,
  getConnectorInstances,
  getConnectorInstancesId,
  getScanScopes,
  getScanScopesId,
  getFindings,
  // Before the route of one finding, which would take the word for an id.
  getFindingsExport,
  getFindingsId,
  getExecutionChains,
  getExecutionChainsId,
  getStitchedPaths,
  getStitchedPathsId,
  getEvidencePacks,
  getEvidencePacksId,
  getEvidencePacksIdFile,
  getEntities,
  getEntitiesId,
];
