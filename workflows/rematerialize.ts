/**
 * The deploy gate's root (GATE-01…GATE-06): batches of tenants as child workflows, a few in flight, so that neither width nor any
 * history grows with the number of tenants (docs/decisions/0008-gate-as-a-tree.md).
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  executeChild,
  isCancellation,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import { GATE_STAGE_NAMES } from '../domain/gate/stages.ts';
import { childFailure } from './child-failure.ts';
import { inWindow } from './in-window.ts';
import {
  type GateBatchInput,
  type GateBatchResult,
  type GateBatchSignal,
  type GateCarried,
  gateBatchWorkflowId,
  type GateInput,
  type GateProgress,
  type GateSummary,
  QUERIES,
  SIGNALS,
} from './messages.ts';
import { gate } from './options.ts';
import { BATCH_SIZE, MAX_FAILURES, rematerializeBatch } from './rematerialize-batch.ts';

const BATCHES_IN_FLIGHT = 8;
/** Then the root continues as new: some 40 events per batch, and a history must stay far under 10,000 (GATE-05). */
const BATCHES_PER_RUN = 100;

const batchSignal = defineSignal<[GateBatchSignal]>(SIGNALS.gateBatch);
const progressQuery = defineQuery<GateProgress>(QUERIES.progress);

export async function rematerialize(input: GateInput): Promise<GateSummary> {
  const inFlight = new Map<number, GateBatchSignal>();
  let summary = input.carried?.summary ?? emptySummary(input, 0, '');
  const progress = (): GateProgress => progressOf(summary, inFlight);
  const tell = (): void => setCurrentDetails(describe(progress()));
  setHandler(progressQuery, progress);
  setHandler(batchSignal, (counts) => {
    // A batch that is over is in the summary already.
    if (inFlight.has(counts.batch)) inFlight.set(counts.batch, counts);
    tell();
  });

  const { snapshot, batches, next_batch } = input.carried ?? (await begin());
  const end = Math.min(batches, next_batch + BATCHES_PER_RUN);
  await inWindow(range(next_batch, end), BATCHES_IN_FLIGHT, async (batch) => {
    inFlight.set(batch, { batch, succeeded: 0, skipped: 0, failed: 0 });
    tell();
    const result = await runBatch(input, snapshot, batch, batch === batches - 1 ? summary.tenants - batch * BATCH_SIZE : BATCH_SIZE);
    inFlight.delete(batch);
    summary = added(summary, result);
    tell();
  });
  if (end < batches) {
    await condition(allHandlersFinished);
    await continueAsNew<typeof rematerialize>({ ...input, carried: { snapshot, batches, next_batch: end, summary } });
  }
  await gate.dropSnapshot({ snapshot });
  return summary;

  async function begin(): Promise<Omit<GateCarried, 'summary'>> {
    const { stages, tenants, expect_builder_version } = input;
    const taken = await gate.snapshotTenants({ stages, tenants, expect_builder_version });
    summary = emptySummary(input, taken.tenants, taken.builder_version);
    return { snapshot: taken.snapshot, batches: taken.batches, next_batch: 0 };
  }
}

async function runBatch(
  { gate_id, stages, expect_builder_version, started_by }: GateInput,
  snapshot: string,
  batch: number,
  size: number,
): Promise<GateBatchResult> {
  const input: GateBatchInput = { gate_id, snapshot, batch, stages, expect_builder_version, started_by };
  try {
    return await executeChild(rematerializeBatch, {
      workflowId: gateBatchWorkflowId(gate_id, batch),
      args: [input],
      // The leaves close their runs, whatever becomes of the root.
      parentClosePolicy: 'REQUEST_CANCEL',
      staticSummary: `batch ${batch}: ${size} tenants`,
    });
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
    return {
      succeeded: 0,
      skipped: 0,
      failed: size,
      failures: [{ tenant_id: null, run_id: null, reason: childFailure(error) }],
      stale_before: 0,
      stale_after: 0,
    };
  }
}

const emptySummary = ({ gate_id, stages }: GateInput, tenants: number, builder_version: string): GateSummary => ({
  gate_id,
  stages: GATE_STAGE_NAMES.filter((stage) => stages.includes(stage)),
  builder_version,
  tenants,
  succeeded: 0,
  skipped: 0,
  failed: 0,
  failures: [],
  stale_before: 0,
  stale_after: 0,
});

const added = (summary: GateSummary, batch: GateBatchResult): GateSummary => ({
  ...summary,
  succeeded: summary.succeeded + batch.succeeded,
  skipped: summary.skipped + batch.skipped,
  failed: summary.failed + batch.failed,
  failures: [...summary.failures, ...batch.failures].slice(0, MAX_FAILURES),
  stale_before: summary.stale_before + batch.stale_before,
  stale_after: summary.stale_after + batch.stale_after,
});

function progressOf(summary: GateSummary, inFlight: ReadonlyMap<number, GateBatchSignal>): GateProgress {
  let { succeeded, skipped, failed } = summary;
  for (const counts of inFlight.values()) {
    succeeded += counts.succeeded;
    skipped += counts.skipped;
    failed += counts.failed;
  }
  return { tenants: summary.tenants, done: succeeded + skipped + failed, succeeded, skipped, failed, batches_in_flight: inFlight.size };
}

const describe = ({ tenants, done, failed, batches_in_flight }: GateProgress): string =>
  `${done} of ${tenants} tenants, ${failed} failed, ${batches_in_flight} batches in flight`;

const range = (from: number, to: number): readonly number[] => Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
