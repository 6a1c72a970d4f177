/** UI-02: each try of each stage, and the waits between them. The picture above shows the same. */
import type { ScanRun } from '../../domain/runs/types.ts';
import type { RunAttempts } from '../../domain/views/types.ts';
import { duration } from '../format.ts';
import { type Try, triesOf } from '../view-models/attempts.ts';
import { type StageStatus, stagesOf } from '../view-models/stages.ts';
import { State, Status } from './marks.tsx';
import { Name } from './text.tsx';

export function AttemptTable({ run, attempts, now }: { run: ScanRun; attempts: RunAttempts | null; now: Date }) {
  const tries = attempts === null ? [] : triesOf(run, attempts, now);
  if (tries.length === 0)
    return <p class="quiet">Attempts and waits are not known: Temporal has no history of this run, or did not answer.</p>;
  const read = stagesOf(run).find(({ name }) => name === 'connector')?.status;
  const again = tries.filter(({ number }) => number > 1).length;
  return (
    <details {...(again > 0 ? { open: true, 'data-sent-open': '' } : {})}>
      <summary>{again === 0 ? 'Attempts and waits: each stage was tried once' : `Attempts and waits: ${again} tried again`}</summary>
      <div class="wide" tabindex={0} role="region" aria-label="Attempts and waits">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">stage</th>
              <th scope="col">attempt</th>
              <th scope="col">began after</th>
              <th scope="col">waited before</th>
              <th scope="col">took</th>
              <th scope="col">ended</th>
            </tr>
          </thead>
          <tbody>
            {tries.map((each) => (
              <Row each={each} read={each.stage === 'connector' ? read : undefined} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** `read`: how the connector's stage ended. Its activity succeeds when the child came back with its files, and they may say that nothing could be read. */
function Row({ each, read }: { each: Try; read: StageStatus | undefined }) {
  return (
    <tr>
      <th scope="row" class="narrow">
        {each.stage}
      </th>
      <td>{each.number}</td>
      <td class="narrow">{duration(each.began_ms)}</td>
      <td>
        <span class="narrow">{duration(each.waited_ms)}</span>
        {each.queued_ms < 1_000 ? null : <span class="quiet"> (for a worker {duration(each.queued_ms)})</span>}
      </td>
      <td class="narrow">{each.took_ms === null ? '' : duration(each.took_ms)}</td>
      <td>
        {each.outcome === 'succeeded' && (read === 'failed' || read === 'partial' || read === 'timeout') ? (
          <Status status={read} />
        ) : (
          <State state={each.outcome} />
        )}{' '}
        {each.why === null ? null : <Name text={each.why} limit={200} />}
      </td>
    </tr>
  );
}
