/** Every page, one file each, named by verb and address. */
import type { Register } from '../schemas/common.ts';
import { getIndex } from './get.index.tsx';
import { getOperationsFindingsTenantId } from './get.operations.findings.tenant.id.tsx';
import { getOperationsFindings } from './get.operations.findings.tsx';
import { getOperationsPathsTenantId } from './get.operations.paths.tenant.id.tsx';
import { getOperationsRunsId } from './get.operations.runs.id.tsx';
import { getOperationsRuns } from './get.operations.runs.tsx';
import { postOperationsRunsId } from './post.operations.runs.id.tsx';

const PAGES: readonly Register[] = [
  getIndex,
  getOperationsRuns,
  getOperationsRunsId,
  postOperationsRunsId,
  getOperationsFindings,
  getOperationsFindingsTenantId,
  getOperationsPathsTenantId,
];

export const registerPages: Register = (app, deps) => {
  for (const register of PAGES) register(app, deps);
};
