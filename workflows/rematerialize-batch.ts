/** One batch of the gate's tree: its tenants as child workflows, a few at a time. One tenant's failure does not stop the others (GATE-04). */
import {
  CancellationScope,
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { TenantId } from '../domain/ids.ts';
import type { ScanResult } from '../domain/runs/types.ts';
import { childFailure } from './child-failure.ts';
import { inWindow } from './in-window.ts';
import {
  type GateBatchInput,
  type GateBatchResult,
  type GateBatchSignal,
  type GateFailure,
  type GateLeafInput,
  gateLeafWorkflowId,
  gateWorkflowId,
  SIGNALS,
} from './messages.ts';
import { gate } from './options.ts';
import { rematerializeTenant } from './rematerialize-tenant.ts';

/** The same figure cuts the snapshot (`activities/gate.ts`); a test holds them together. */
export const BATCH_SIZE = 100;
/** Named in a summary; all are counted. */
export const MAX_FAILURES = 50;
const TENANTS_IN_FLIGHT = 6;
const TELL_EVERY = 20;

const batchSignal = defineSignal<[GateBatchSignal]>(SIGNALS.gateBatch);

export async function rematerializeBatch(input: GateBatchInput): Promise<GateBatchResult> {
  const { snapshot, batch, stages, expect_builder_version } = input;
  const { tenants } = await gate.readGateBatch({ snapshot, batch, expect_builder_version });
  const { stale: stale_before } = await gate.countStale({ snapshot, batch, stages, expect_builder_version });
  const counts = { succeeded: 0, skipped: 0, failed: 0 };
  const failures: GateFailure[] = [];
  await inWindow(tenants, TENANTS_IN_FLIGHT, async (tenant) => {
    const ended = await runLeaf(input, tenant);
    if (ended === 'succeeded' || ended === 'skipped') counts[ended] += 1;
    else {
      counts.failed += 1;
      if (failures.length < MAX_FAILURES) failures.push(ended);
    }
    const done = counts.succeeded + counts.skipped + counts.failed;
    setCurrentDetails(`${done} of ${tenants.length} tenants, ${counts.failed} failed`);
    if (done % TELL_EVERY === 0) await tellRoot(input, counts);
  });
  const { stale: stale_after } = await gate.countStale({ snapshot, batch, stages, expect_builder_version });
  return { ...counts, failures, stale_before, stale_after };
}

async function runLeaf(
  { gate_id, stages, started_by }: GateBatchInput,
  tenant_id: TenantId,
): Promise<'succeeded' | 'skipped' | GateFailure> {
  const input: GateLeafInput = { gate_id, tenant_id, stages, started_by };
  try {
    const result: ScanResult = await executeChild(rematerializeTenant, {
      workflowId: gateLeafWorkflowId(gate_id, tenant_id),
      args: [input],
      parentClosePolicy: 'REQUEST_CANCEL',
      staticSummary: `rematerialize ${tenant_id}`,
      priority: { fairnessKey: tenant_id },
    });
    if ('refused' in result)
      return result.refused === 'inactive' ? 'skipped' : { tenant_id, run_id: null, reason: `refused: ${result.refused}` };
    return result.status === 'succeeded' ? 'succeeded' : { tenant_id, run_id: result.run_id, reason: result.reason ?? result.status };
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
    return { tenant_id, run_id: null, reason: childFailure(error) };
  }
}

/** For people who watch: what counts is the batch's result. */
async function tellRoot({ gate_id, batch }: GateBatchInput, counts: Omit<GateBatchSignal, 'batch'>): Promise<void> {
  await getExternalWorkflowHandle(gateWorkflowId(gate_id))
    .signal(batchSignal, { batch, ...counts })
    .catch(() => undefined);
}
