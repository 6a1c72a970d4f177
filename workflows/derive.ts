/**
 * The tenant's coordinator (FLOW-03): one pass at a time, each over everything that changed since the last, stamped on every
 * run that waits for it. Who waits is in MongoDB; signals only wake it up, so nothing is lost when it is terminated.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { TenantId } from '../domain/ids.ts';
import type { StageFailure } from '../domain/runs/failure.ts';
import type { Attempt, DeriveCell } from '../domain/runs/types.ts';
import type { DerivePass } from '../activities/inputs.ts';
import { type DerivedSignal, type DeriveInput, SEARCH_ATTRIBUTES, SIGNALS } from './messages.ts';
import { ledger, persist } from './options.ts';
import { runStage, StageFailed } from './run-stage.ts';

const joinSignal = defineSignal(SIGNALS.join);
const derivedSignal = defineSignal<[DerivedSignal]>(SIGNALS.derived);

const IDLE = '30s';
/** Siblings that are about to join are waited for: quiet this long, never longer than the window. */
const QUIET_MS = 1_000;
const WINDOW_MS = 5_000;
const MAX_HISTORY_EVENTS = 5_000;

export async function derive({ tenant_id, pending }: DeriveInput): Promise<void> {
  const joins = { heard: pending ? 1 : 0, served: 0 };
  setHandler(joinSignal, () => {
    joins.heard += 1;
  });
  const begin = patched('begin-pass-when-quiet') ? beginWhenQuiet : settleAndBegin;
  upsertSearchAttributes({ [SEARCH_ATTRIBUTES.tenant]: [tenant_id] });
  for (;;) {
    setCurrentDetails('idle');
    if (!(await condition(() => joins.heard > joins.served, IDLE))) return;
    setCurrentDetails('waiting for sibling scans');
    const pass = await begin(tenant_id, joins);
    if (pass.runs.length > 0) await derivePass(pass);
    if (workflowInfo().historyLength > MAX_HISTORY_EVENTS || workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof derive>({ tenant_id, pending: joins.heard > joins.served });
    }
  }
}

/** Signals so far, and how many of them the last pass covers. */
interface Joins {
  readonly heard: number;
  served: number;
}

/** Nobody else of the tenant is past its connector: begin now. Else wait until it is quiet. */
async function beginWhenQuiet(tenant_id: TenantId, joins: Joins): Promise<DerivePass> {
  const until = Date.now() + WINDOW_MS;
  for (let moved = true; ; ) {
    joins.served = joins.heard;
    const { pass } = await ledger.beginPassWhenQuiet({ tenant_id, wait_for_siblings: moved && Date.now() < until });
    if (pass !== null) return pass;
    const before = joins.heard;
    await sleep(QUIET_MS);
    moved = joins.heard !== before;
  }
}

/** The same, in two steps, as before `begin-pass-when-quiet`. */
async function settleAndBegin(tenant_id: TenantId, joins: Joins): Promise<DerivePass> {
  const until = Date.now() + WINDOW_MS;
  while (Date.now() < until) {
    const { about_to_join } = await ledger.countSiblings({ tenant_id });
    if (about_to_join === 0) break;
    const before = joins.heard;
    await sleep(QUIET_MS);
    if (joins.heard === before) break;
  }
  joins.served = joins.heard;
  return await ledger.beginPass({ tenant_id });
}

async function derivePass(pass: DerivePass): Promise<void> {
  const failure = await stagesOf(pass);
  const { stamped } = await ledger.finishPass({ ...pass, failure });
  for (const run of stamped) {
    const signal: DerivedSignal = { pass: pass.pass, cells: run.cells };
    // Best effort: a scan that is closed by now, or hears nothing, looks into MongoDB itself.
    await getExternalWorkflowHandle(run.workflow_id, run.run_id)
      .signal(derivedSignal, signal)
      .catch(() => undefined);
  }
}

/** Runs the union of the stages that were asked for; the first that fails ends the pass. */
async function stagesOf(pass: DerivePass): Promise<{ cell: DeriveCell; failure: StageFailure } | null> {
  const stages = [
    ['__chain', 'buildChains'],
    ['__stitch', 'stitchPaths'],
    ['__eval', 'evaluateFindings'],
    ['__evidence', 'buildEvidence'],
  ] as const;
  for (const [cell, stage] of stages) {
    if (!pass.cells.includes(cell)) continue;
    setCurrentDetails(`pass ${pass.pass}: ${cell} for ${pass.runs.length} runs`);
    try {
      await runStage((attempt: Attempt, queue) => persist(queue)[stage]({ ...pass, attempt }));
    } catch (error) {
      if (error instanceof StageFailed) return { cell, failure: error.failure };
      throw error;
    }
  }
  return null;
}
