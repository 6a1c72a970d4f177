/** Re-run and cancel: plain forms. What cannot be undone asks once, naming what goes. */
import type { Child } from 'hono/jsx';
import type { ScanRun } from '../../domain/runs/types.ts';
import { runLink } from '../links.ts';

export function RunActions({ run, actionKey, scope }: { run: ScanRun; actionKey: string; scope: Child }) {
  if (run.status === 'running') {
    return (
      <details class="action">
        <summary>Cancel this run…</summary>
        <form method="post" action={`${runLink(run._id)}/cancel`}>
          <p>
            The run of {scope} stops and ends as failed, with the reason cancelled. What its connector has read so far is thrown away; what
            an earlier run stored stays.
          </p>
          <button type="submit" class="danger">
            Cancel the run
          </button>
        </form>
      </details>
    );
  }
  // A gate run belongs to its gate: only the gate can ask for another.
  if (run.trigger.type === 'deploy_gate') return null;
  return (
    <form class="action" method="post" action={`${runLink(run._id)}/retry`}>
      <input type="hidden" name="key" value={actionKey} />
      <button type="submit">Re-run</button> <span class="quiet">Starts a new run of the same scope now, and ends a cooldown early.</span>
    </form>
  );
}
