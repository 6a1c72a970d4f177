/** The row chain that every activity of a run starts from: the scope row gives the tenant, and the run must be a row of that tenant and scope (CRED-05). */
import { NotFoundError } from '../domain/errors.ts';
import type { ScanRun } from '../domain/runs/types.ts';
import type { ConnectorInstance, ScanScope, Tenant } from '../domain/tenancy/types.ts';
import type { RunRepository, ScopeRepository } from '../storage/ports/index.ts';
import type { RunInput } from './inputs.ts';

export interface RunChainDeps {
  readonly scopes: Pick<ScopeRepository, 'findForStart'>;
  readonly runs: Pick<RunRepository, 'get'>;
}

export interface RunChain {
  readonly tenant: Tenant;
  readonly scope: ScanScope;
  readonly instance: ConnectorInstance | null;
  readonly run: ScanRun;
}

/** @throws NotFoundError for anything that is not one chain of one tenant */
export async function verifiedRun({ scopes, runs }: RunChainDeps, { scope_id, run_id }: RunInput): Promise<RunChain> {
  const chain = await scopes.findForStart(scope_id);
  if (chain === null) throw new NotFoundError('scope', scope_id);
  const run = await runs.get(chain.tenant._id, run_id);
  if (run.scope_id !== scope_id) throw new NotFoundError('run', run_id);
  return { ...chain, run };
}
