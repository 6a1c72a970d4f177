/** Every route of `/api/v1`, one file each, named by verb and address. */
import type { Register } from '../schemas/common.ts';
import { deleteConnectorInstancesIdCredential } from './delete.connector-instances.id.credential.ts';
import { deleteConnectorInstancesId } from './delete.connector-instances.id.ts';
import { deleteFindingsIdSuppression } from './delete.findings.id.suppression.ts';
import { deleteScanScopesId } from './delete.scan-scopes.id.ts';
import { getAdminRematerializeId } from './get.admin.rematerialize.id.ts';
import { getAdminScheduleDrift } from './get.admin.schedule-drift.ts';
import { getAuditRecords } from './get.audit-records.ts';
import { getAuditRecordsVerdict } from './get.audit-records.verdict.ts';
import { getConnectorInstancesIdConnectionTest } from './get.connector-instances.id.connection-test.ts';
import { getConnectorInstancesIdCredential } from './get.connector-instances.id.credential.ts';
import { getConnectorInstancesId } from './get.connector-instances.id.ts';
import { getConnectorInstances } from './get.connector-instances.ts';
import { getEntitiesIdNeighbours } from './get.entities.id.neighbours.ts';
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
import { getIntakeLinks } from './get.intake-links.ts';
import { getScanRunsIdOutcome } from './get.scan-runs.id.outcome.ts';
import { getScanRunsId } from './get.scan-runs.id.ts';
import { getScanRuns } from './get.scan-runs.ts';
import { getScanScopesIdNextTimes } from './get.scan-scopes.id.next-times.ts';
import { getScanScopesId } from './get.scan-scopes.id.ts';
import { getScanScopes } from './get.scan-scopes.ts';
import { getStitchedPathsId } from './get.stitched-paths.id.ts';
import { getStitchedPaths } from './get.stitched-paths.ts';
import { getStoredCredentials } from './get.stored-credentials.ts';
import { getTenantsId } from './get.tenants.id.ts';
import { getTenantsOwnerKindId } from './get.tenants.owner.kind.id.ts';
import { getTenants } from './get.tenants.ts';
import { patchConnectorInstancesId } from './patch.connector-instances.id.ts';
import { patchScanScopesId } from './patch.scan-scopes.id.ts';
import { patchTenantsId } from './patch.tenants.id.ts';
import { postAdminRematerialize } from './post.admin.rematerialize.ts';
import { postAdminScheduleDriftRepair } from './post.admin.schedule-drift.repair.ts';
import { postApply } from './post.apply.ts';
import { postConnectorInstancesIdConnectionTest } from './post.connector-instances.id.connection-test.ts';
import { postConnectorInstancesIdCredentialForget } from './post.connector-instances.id.credential.forget.ts';
import { postConnectorInstancesIdCredentialRevoke } from './post.connector-instances.id.credential.revoke.ts';
import { postConnectorInstancesIdIntakeLinks } from './post.connector-instances.id.intake-links.ts';
import { postConnectorInstances } from './post.connector-instances.ts';
import { postIngestNormalizedGraph } from './post.ingest.normalized-graph.ts';
import { postIntakeLinksIdRevoke } from './post.intake-links.id.revoke.ts';
import { postScanRunsIdCancel } from './post.scan-runs.id.cancel.ts';
import { postScanRunsIdRetry } from './post.scan-runs.id.retry.ts';
import { postScanRuns } from './post.scan-runs.ts';
import { postScanScopesIdPause } from './post.scan-scopes.id.pause.ts';
import { postScanScopesIdResume } from './post.scan-scopes.id.resume.ts';
import { postScanScopesIdTrigger } from './post.scan-scopes.id.trigger.ts';
import { postScanScopes } from './post.scan-scopes.ts';
import { postSchedulePreview } from './post.schedule-preview.ts';
import { postTenants } from './post.tenants.ts';
import { putConnectorInstancesIdCredential } from './put.connector-instances.id.credential.ts';
import { putFindingsIdSuppression } from './put.findings.id.suppression.ts';
import { putScanScopesIdSchedule } from './put.scan-scopes.id.schedule.ts';

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
  postTenants,
  postConnectorInstances,
  postScanScopes,
  patchTenantsId,
  patchConnectorInstancesId,
  patchScanScopesId,
  deleteConnectorInstancesId,
  deleteScanScopesId,
  putScanScopesIdSchedule,
  postScanScopesIdPause,
  postScanScopesIdResume,
  postScanScopesIdTrigger,
  postSchedulePreview,
  getScanScopesIdNextTimes,
  getConnectorInstancesIdCredential,
  putConnectorInstancesIdCredential,
  deleteConnectorInstancesIdCredential,
  postConnectorInstancesIdCredentialRevoke,
  postConnectorInstancesIdCredentialForget,
  getStoredCredentials,
  putFindingsIdSuppression,
  deleteFindingsIdSuppression,
  getAuditRecords,
  postAdminRematerialize,
  getEntitiesIdNeighbours,
  postConnectorInstancesIdConnectionTest,
  getConnectorInstancesIdConnectionTest,
  getTenantsOwnerKindId,
  getScanRunsIdOutcome,
  postApply,
  getAuditRecordsVerdict,
  postConnectorInstancesIdIntakeLinks,
  getIntakeLinks,
  postIntakeLinksIdRevoke,
  getAdminRematerializeId,
  getAdminScheduleDrift,
  postAdminScheduleDriftRepair,
];
