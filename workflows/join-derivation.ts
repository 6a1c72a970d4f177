/**
 * The tenant's coordinator derives for everyone who joined (FLOW-03). Its signal says which cells MongoDB has by now; it is best
 * effort: a scan that hears nothing, or not of all its cells, asks again, and the answer is read from MongoDB.
 *
 * How long a pass takes is the tenant's size, so a run waits for as long as its coordinator has work in hand, and within its own budget; only
 * silence ends the wait.
 */
import { condition, defineSignal, patched, setHandler } from '@temporalio/workflow';
import { DERIVATION_STALLED } from '../domain/runs/failure.ts';
import { type DerivedSignal, SIGNALS } from './messages.ts';
import { ledger } from './options.ts';
import type { OpenedRun } from './pipeline-run.ts';

const derivedSignal = defineSignal<[DerivedSignal]>(SIGNALS.derived);

const ASK_AGAIN = '10s';
/** The history of a run that waits for hours stays small. */
const ASK_WHOM_IS_AT_WORK = '30s';
/** In a row: a quarter of an hour. Answers are counted, not time: while the database is away there are none, and nobody is to blame for it. */
const MAX_SILENT_ANSWERS = 90;

export async function joinDerivation(run: OpenedRun): Promise<void> {
  const told = listen(run);
  run.note('joinDerivation', '');
  if (!patched('wait-while-at-work')) return await waitForAQuarterOfAnHour(run, told);
  for (let silent = 0, again = false; ; again = true) {
    const { stamped, at_work } = await ledger.askForDerivation({ scope_id: run.scope_id, run_id: run.run_id, again });
    if (stamped) return;
    silent = at_work ? 0 : silent + 1;
    if (silent > MAX_SILENT_ANSWERS) run.fail(DERIVATION_STALLED);
    told.heard = false;
    if (await condition(() => told.heard, at_work ? ASK_WHOM_IS_AT_WORK : ASK_AGAIN)) silent = 0;
    if (told.complete) return;
  }
}

/** What the coordinator's signals said so far. */
interface Told {
  heard: boolean;
  /** Of every cell that the run asked for. */
  complete: boolean;
}

function listen(run: OpenedRun): Told {
  const told: Told = { heard: false, complete: false };
  setHandler(derivedSignal, ({ cells }) => {
    told.heard = true;
    told.complete ||= run.deriveCells.every((cell) => cells[cell] !== undefined);
  });
  return told;
}

const GIVE_UP_MS = 15 * 60 * 1_000;

/** How a run waited before `wait-while-at-work`: whatever the coordinator was doing. */
async function waitForAQuarterOfAnHour(run: OpenedRun, told: Told): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (;;) {
    const { stamped } = await ledger.joinDerivation({ scope_id: run.scope_id, run_id: run.run_id });
    if (stamped) return;
    if (Date.now() >= giveUpAt) run.fail(DERIVATION_STALLED);
    told.heard = false;
    await condition(() => told.heard, ASK_AGAIN);
    if (told.complete && patched('derived-signal-is-enough')) return;
  }
}
