/** Every page, one file each, named by its address, and by its verb where it has only one. */
import type { Register } from '../schemas/common.ts';
import { getIndex } from './get.index.tsx';
import { getOperationsChainsTenantId } from './get.operations.chains.tenant.id.tsx';
import { getOperationsEntitiesTenantId } from './get.operations.entities.tenant.id.tsx';
import { getOperationsFindings } from './get.operations.findings.tsx';
import { getOperationsInstances } from './get.operations.instances.tsx';
import { getOperationsPathsTenantId } from './get.operations.paths.tenant.id.tsx';
import { getOperationsRunsId } from './get.operations.runs.id.tsx';
import { getOperationsRuns } from './get.operations.runs.tsx';
import { getOperationsSchedulePreview } from './get.operations.schedule-preview.tsx';
import { getOperationsScopes } from './get.operations.scopes.tsx';
import { getOperationsTenants } from './get.operations.tenants.tsx';
import { operationsAudit } from './operations.audit.tsx';
import { operationsFindingsTenantId } from './operations.findings.tenant.id.tsx';
import { operationsInstancesId } from './operations.instances.id.tsx';
import { operationsNewInstance } from './operations.new.instance.tsx';
import { operationsNewScope } from './operations.new.scope.tsx';
import { operationsScopesId } from './operations.scopes.id.tsx';
import { operationsTenantsId } from './operations.tenants.id.tsx';
import { postOperationsRunsId } from './post.operations.runs.id.tsx';

const PAGES: readonly Register[] = [
  getIndex,
  getOperationsRuns,
  getOperationsRunsId,
  postOperationsRunsId,
  getOperationsFindings,
  operationsFindingsTenantId,
  getOperationsChainsTenantId,
  getOperationsEntitiesTenantId,
  getOperationsPathsTenantId,
  getOperationsScopes,
  operationsScopesId,
  operationsNewScope,
  getOperationsSchedulePreview,
  getOperationsInstances,
  operationsInstancesId,
  operationsNewInstance,
  getOperationsTenants,
  operationsTenantsId,
  operationsAudit,
];

export const registerPages: Register = (app, deps) => {
  for (const register of PAGES) register(app, deps);
};
