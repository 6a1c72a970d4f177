/** The coordinator's own writes: which runs a pass serves, and what is stamped when it could not. */
import { tenantId, type TenantId } from '../domain/ids.ts';
import { failedCell, skippedCell } from '../domain/runs/failure.ts';
import { type CellStatus, DERIVE_CELLS, type DeriveCell } from '../domain/runs/types.ts';
import type { RunRepository, TenantStateRepository } from '../storage/ports/index.ts';
import type { BeginPassInput, DerivePass, FinishPassInput, FinishPassResult } from './inputs.ts';

export interface PassDeps {
  readonly runs: Pick<RunRepository, 'listWaitingForDerivation' | 'assignPass' | 'countPending' | 'stampCell' | 'listPass'>;
  readonly tenantState: Pick<TenantStateRepository, 'nextPass'>;
  readonly now: () => Date;
}

export type PassActivities = ReturnType<typeof createPassActivities>;

export function createPassActivities({ runs, tenantState, now }: PassDeps) {
  async function begin(tenant: TenantId): Promise<DerivePass> {
    const started_at = now().toISOString();
    const waiting = await runs.listWaitingForDerivation(tenant);
    if (waiting.length === 0) return { tenant_id: tenant, pass: 0, runs: [], cells: [], started_at };
    const pass = await tenantState.nextPass(tenant);
    const assigned = await runs.assignPass(
      tenant,
      waiting.map((run) => run._id),
      pass,
    );
    const wanted = new Set(assigned.flatMap((run) => run.derive_cells));
    return {
      tenant_id: tenant,
      pass,
      runs: assigned.map((run) => ({ run_id: run._id, workflow_id: run.workflow_id, cells: run.derive_cells })),
      cells: DERIVE_CELLS.filter((cell) => wanted.has(cell)),
      started_at,
    };
  }

  return {
    /** Runs of the tenant that are past their connector and about to join: worth a moment's wait (FLOW-03). */
    async countSiblings({ tenant_id }: { tenant_id: TenantId }): Promise<{ about_to_join: number }> {
      return { about_to_join: await runs.countPending(tenantId(tenant_id)) };
    },

    /** Takes everyone who waits, before the graph is read. Who waits is in MongoDB; a pass that died is taken over here. */
    beginPass: async ({ tenant_id }: { tenant_id: TenantId }): Promise<DerivePass> => await begin(tenantId(tenant_id)),

    /** The same, unless a sibling is about to join and is to be waited for: then null. */
    async beginPassWhenQuiet({ tenant_id, wait_for_siblings }: BeginPassInput): Promise<{ pass: DerivePass | null }> {
      const tenant = tenantId(tenant_id);
      if (wait_for_siblings && (await runs.countPending(tenant)) > 0) return { pass: null };
      return { pass: await begin(tenant) };
    },

    /** A failed pass stamps `failed` on all its runs, and `skipped` on what came after. Gives what each run has now. */
    async finishPass({ tenant_id, pass, runs: served, failure }: FinishPassInput): Promise<FinishPassResult> {
      const tenant = tenantId(tenant_id);
      const at = now().toISOString();
      if (failure !== null) {
        const after = DERIVE_CELLS.slice(DERIVE_CELLS.indexOf(failure.cell));
        for (const run of served) {
          for (const cell of after.filter((each) => run.cells.includes(each))) {
            await runs.stampCell(tenant, run.run_id, cell, cell === failure.cell ? failedCell(failure.failure, at) : skippedCell(at));
          }
        }
      }
      const now_ = await runs.listPass(tenant, pass);
      return {
        stamped: now_.map((run) => ({
          run_id: run._id,
          workflow_id: run.workflow_id,
          cells: Object.fromEntries(
            DERIVE_CELLS.filter((cell) => cell in run.category_results).map((cell): [DeriveCell, CellStatus] => [
              cell,
              run.category_results[cell]?.status ?? 'skipped',
            ]),
          ),
        })),
      };
    },
  };
}
