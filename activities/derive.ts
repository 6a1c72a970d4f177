/** The four stages of a tenant's pass. Each stamps its cell on every run that asked for it (FLOW-03, RUN-07). */
import type { CellError, DeriveCell } from '../domain/runs/types.ts';
import type { TenantId } from '../domain/ids.ts';
import type { RunRepository } from '../storage/ports/index.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { DeriveStageInput, DeriveStageResult } from './inputs.ts';
import { withStageCell } from './stage-cell.ts';

export interface DerivationRequest {
  readonly tenant_id: TenantId;
  readonly pass: number;
  /** The pass's start: what ages are counted to and what records are stamped with. */
  readonly at: Date;
}

export interface DerivationReport {
  /** RUN-05, counted from records of this pass. */
  readonly items: number;
  /** Rules that threw (FLOW-09). */
  readonly errors: readonly CellError[];
}

/** Heavy computing; runs off the event loop (FLOW-10). */
export interface DerivationEngine {
  run(
    stage: DeriveCell,
    request: DerivationRequest,
    options: { readonly signal: AbortSignal; readonly onProgress: (phase: string) => void },
  ): Promise<DerivationReport>;
}

export interface DeriveDeps {
  readonly engine: DerivationEngine;
  readonly runs: Pick<RunRepository, 'stampCell'>;
  readonly now: () => Date;
}

export type DeriveActivities = ReturnType<typeof createDeriveActivities>;

export function createDeriveActivities({ engine, runs, now }: DeriveDeps) {
  const stage =
    (cell: DeriveCell) =>
    async (input: DeriveStageInput): Promise<DeriveStageResult> => {
      const asking = input.runs.filter((run) => run.cells.includes(cell));
      const request = { tenant_id: input.tenant_id, pass: input.pass, at: new Date(input.started_at) };
      return await withStageCell(
        input.attempt,
        now,
        async (stamped) => {
          for (const run of asking) await runs.stampCell(input.tenant_id, run.run_id, cell, stamped);
        },
        () =>
          withHeartbeat(async ({ signal, report }) => {
            const { items, errors } = await engine.run(cell, request, { signal, onProgress: (phase) => report({ phase }) });
            return { result: { items, status: errors.length === 0 ? 'succeeded' : 'partial' } as const, items, errors };
          }),
      );
    };

  return {
    buildChains: stage('__chain'),
    stitchPaths: stage('__stitch'),
    evaluateFindings: stage('__eval'),
    buildEvidence: stage('__evidence'),
  };
}
