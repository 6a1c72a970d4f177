/** The writes that begin, join and end a run. Repeated without bound by Temporal, so that a final status survives an outage. */
import { NotFoundError } from '../domain/errors.ts';
import { GATE_STAGE_NAMES, gateCells } from '../domain/gate/stages.ts';
import { gateScopeId, scopeId, tenantId, type TenantId } from '../domain/ids.ts';
import { failedCell, ORPHANED, skippedCell } from '../domain/runs/failure.ts';
import { outcomeOf, startsCooldown, type Stop } from '../domain/runs/outcome.ts';
import {
  type CategoryResults,
  type Cell,
  DERIVE_CELLS,
  DRIVER_CELL,
  type DeriveCell,
  type Refusal,
  STAGE_CELLS,
  type Trigger,
} from '../domain/runs/types.ts';
import type { ClaimResult, RunRepository, ScopeRepository, TenantRepository } from '../storage/ports/index.ts';
import { ensureGateRow } from './gate-scope.ts';
import type {
  AskForDerivationInput,
  AskForDerivationResult,
  ClosedRun,
  CloseRunInput,
  OpenGateRunInput,
  OpenRunInput,
  OpenRunResult,
  RunInput,
} from './inputs.ts';
import { verifiedRun } from './verified-run.ts';

/** What the ledger asks Temporal itself. */
export interface WorkflowDirectory {
  /** True also when Temporal no longer knows it. */
  isClosed(workflowId: string, firstExecutionRunId: string): Promise<boolean>;
}

/** The tenant's `derive` coordinator. */
export interface Coordinator {
  /** Started if it is not there, woken if it is. */
  join(tenant: TenantId): Promise<void>;
  /** It has a step of a pass in hand: waiting for a worker, or in a worker's hands, that lives as far as Temporal knows. */
  isAtWork(tenant: TenantId): Promise<boolean>;
}

export interface LedgerDeps {
  readonly tenants: Pick<TenantRepository, 'find'>;
  readonly scopes: Pick<ScopeRepository, 'findForStart' | 'ensure'>;
  readonly runs: Pick<RunRepository, 'claim' | 'get' | 'requestDerivation' | 'close' | 'markOrphan'>;
  readonly workflows: WorkflowDirectory;
  readonly coordinator: Coordinator;
  readonly now: () => Date;
}

export type LedgerActivities = ReturnType<typeof createLedgerActivities>;

const GATE_CELLS = gateCells(GATE_STAGE_NAMES);

export function createLedgerActivities(deps: LedgerDeps) {
  const { runs, scopes, workflows, coordinator, now } = deps;

  async function claim(input: OpenRunInput, trigger: Trigger, tenant: TenantId | null): Promise<ClaimResult> {
    return await runs.claim({
      scope_id: scopeId(input.scope_id),
      kind: input.kind,
      ...(tenant === null ? {} : { expected_tenant: tenant }),
      run_id: input.run_id,
      workflow_id: input.workflow_id,
      trigger,
      derive_cells:
        input.kind === 'gate' ? GATE_CELLS.filter((cell) => input.cells === undefined || input.cells.includes(cell)) : DERIVE_CELLS,
      now: now(),
      override_cooldown: input.override_cooldown && trigger.type !== 'scheduled',
      ...(input.scheduled_by === null ? {} : { schedule_id: input.scheduled_by }),
    });
  }

  /** A claim whose workflow is gone heals itself here. @param tenant whose row it must be, where the caller named one */
  async function open(input: OpenRunInput, tenant: TenantId | null = null): Promise<OpenRunResult> {
    const trigger = triggerOf(input);
    if (trigger === null) return { claimed: false, refusal: { refused: 'not_found' } };
    let result = await claim(input, trigger, tenant);
    if (!result.claimed && result.reason === 'in_flight' && (await workflows.isClosed(result.holder.workflow_id, result.holder.run))) {
      await sweepOrphan(deps, result.tenant_id, input.scope_id, result.holder.run);
      result = await claim(input, trigger, tenant);
    }
    if (!result.claimed) return { claimed: false, refusal: refusalOf(result) };
    const { run } = result;
    return {
      claimed: true,
      tenant_id: run.tenant_id,
      scope_id: run.scope_id,
      run_id: run._id,
      connector: run.connector,
      deadline_at: run.deadline_at.toISOString(),
      remaining_ms: run.deadline_at.getTime() - now().getTime(),
      derive_cells: run.derive_cells,
    };
  }

  async function requested(input: RunInput): Promise<{ readonly tenant: TenantId; readonly stamped: boolean }> {
    const { tenant } = await verifiedRun({ scopes, runs }, input);
    const run = await runs.requestDerivation(tenant._id, input.run_id, now());
    const stamped = run.status !== 'running' || run.derive_cells.every((cell) => cell in run.category_results);
    return { tenant: tenantId(tenant._id), stamped };
  }

  return {
    /** Claims the scope for this run (RUN-13), whoever started it. */
    async openRun(input: OpenRunInput): Promise<OpenRunResult> {
      return await open(input);
    },

    /** The same for a leaf of the gate: the row of the tenant that it names, made at the first gate. @throws NotFoundError */
    async openGateRun({ tenant_id, ...input }: OpenGateRunInput): Promise<OpenRunResult> {
      const gate = { ...input, kind: 'gate', scope_id: gateScopeId(tenantId(tenant_id)), override_cooldown: true } as const;
      const opened = await open(gate, tenant_id);
      if (opened.claimed || opened.refusal.refused !== 'not_found') return opened;
      await ensureGateRow(deps, tenant_id);
      return await open(gate, tenant_id);
    },

    /** Asks for the tenant's next pass. One that is at work was woken before, and who waits is in MongoDB: it hears no signal for every time that it is asked. */
    async askForDerivation({ again, ...input }: AskForDerivationInput): Promise<AskForDerivationResult> {
      const { tenant, stamped } = await requested(input);
      if (stamped) return { stamped, at_work: false };
      const at_work = again && (await coordinator.isAtWork(tenant));
      if (!at_work) await coordinator.join(tenant);
      return { stamped, at_work };
    },

    /** The same for runs that began before `wait-while-at-work`; it goes with their patch (docs/decisions/0011). */
    async joinDerivation(input: RunInput): Promise<{ stamped: boolean }> {
      const { tenant, stamped } = await requested(input);
      if (!stamped) await coordinator.join(tenant);
      return { stamped };
    },

    /** Ends the run: what no stage could stamp is stamped here, and the status follows from the cells (RUN-02). */
    async closeRun({ stop, ...input }: CloseRunInput): Promise<ClosedRun> {
      const { tenant, scope, run } = await verifiedRun({ scopes, runs }, input);
      const at = now();
      const filled = missingCells(run.category_results, run.derive_cells, stop, at.toISOString());
      const cells = { ...filled, ...run.category_results };
      const outcome = outcomeOf(cells, stop);
      const closed = await runs.close(tenant._id, {
        run_id: run._id,
        ...outcome,
        cells: filled,
        cooldown_until: startsCooldown(cells, stop, outcome) ? new Date(at.getTime() + scope.cooldown_seconds * 1_000) : null,
        now: at,
      });
      if (closed.status === 'running') throw new NotFoundError('run', run._id);
      return { status: closed.status, reason: closed.reason };
    },
  };
}

/** Ends a run whose work is gone (RUN-14) and lets go of its scope; a claim without a record is only let go of. A run that is over stays as it is. */
export async function sweepOrphan(
  { runs, now }: { readonly runs: Pick<RunRepository, 'get' | 'markOrphan'>; readonly now: () => Date },
  tenant: TenantId,
  scope: OpenRunInput['scope_id'],
  run: OpenRunInput['run_id'],
): Promise<void> {
  const at = now();
  const held = await runs.get(tenant, run).catch((error: unknown) => {
    if (error instanceof NotFoundError) return null;
    throw error;
  });
  const cells =
    held === null ? {} : missingCells(held.category_results, held.derive_cells, { at: 'stage', failure: ORPHANED }, at.toISOString());
  await runs.markOrphan(tenant, { scope_id: scope, run_id: run, cells, now: at });
}

/** Temporal says whether a schedule started it; an input can claim nothing of the kind (CRED-05, RUN-08). */
function triggerOf({ trigger, scheduled_by }: OpenRunInput): Trigger | null {
  if (scheduled_by !== null) return { type: 'scheduled', source: `schedule:${scheduled_by}`, triggered_by_user_id: null };
  return trigger.type === 'scheduled' ? null : trigger;
}

function refusalOf(result: Exclude<ClaimResult, { claimed: true }>): Refusal {
  switch (result.reason) {
    case 'in_flight':
      return { refused: 'in_flight', holder: result.holder.run };
    case 'cooldown':
      return { refused: 'cooldown', until: result.until.toISOString() };
    case 'inactive':
    case 'not_found':
      return { refused: result.reason };
    case 'run_over':
      return { refused: 'run_over', holder: result.run._id };
  }
}

/**
 * Cells for what was not stamped: the failure goes to where the run stopped (`__driver__` for preflight and connector, else the
 * first stage without a cell), everything after it is `skipped` (RUN-03). A stage that stamped its own failure keeps it.
 */
export function missingCells(
  present: CategoryResults,
  derive: readonly DeriveCell[],
  stop: Stop | null,
  at: string,
): Readonly<Record<string, Cell>> {
  const wanted = STAGE_CELLS.filter((cell) => (cell === '__sync' ? derive.length === DERIVE_CELLS.length : derive.includes(cell)));
  const open = wanted.filter((cell) => !(cell in present));
  const cells: Record<string, Cell> = Object.fromEntries(open.map((cell) => [cell, skippedCell(at)]));
  if (stop === null) return cells;
  const failed = failedCell(stop.failure, at);
  if (stop.at !== 'stage') return { ...cells, [DRIVER_CELL]: failed };
  const stampedFailure = wanted.some((cell) => present[cell]?.status === 'failed' || present[cell]?.status === 'timeout');
  const first = open[0];
  if (first !== undefined && !stampedFailure) cells[first] = failed;
  return cells;
}
