/**
 * The tenant's coordinator derives for everyone who joined (FLOW-03). Its signal says which cells MongoDB has by now; it is best
 * effort: a scan that hears nothing, or not of all its cells, joins again, and the answer of the join is read from MongoDB.
 */
import { condition, defineSignal, patched, setHandler } from '@temporalio/workflow';
import { DERIVATION_STALLED } from '../domain/runs/failure.ts';
import { type DerivedSignal, SIGNALS } from './messages.ts';
import { ledger } from './options.ts';
import type { OpenedRun } from './pipeline-run.ts';

const derivedSignal = defineSignal<[DerivedSignal]>(SIGNALS.derived);

const ASK_AGAIN = '10s';
const GIVE_UP_MS = 15 * 60 * 1_000;

export async function joinDerivation(run: OpenedRun): Promise<void> {
  let heard = false;
  let complete = false;
  setHandler(derivedSignal, ({ cells }) => {
    heard = true;
    complete ||= run.deriveCells.every((cell) => cells[cell] !== undefined);
  });
  run.note('joinDerivation', '');
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (;;) {
    const { stamped } = await ledger.joinDerivation({ scope_id: run.scope_id, run_id: run.run_id });
    if (stamped) return;
    if (Date.now() >= giveUpAt) run.fail(DERIVATION_STALLED);
    heard = false;
    await condition(() => heard, ASK_AGAIN);
    if (complete && patched('derived-signal-is-enough')) return;
  }
}
