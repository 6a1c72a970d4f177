/** Pieces that the run list, the run page and home share. */
import type { ScanRun } from '../../domain/runs/types.ts';
import type { RunRow } from '../../domain/views/types.ts';
import { duration } from '../format.ts';
import { runLink } from '../links.ts';
import { errorsOf, type PlacedError, usualDuration } from '../view-models/stages.ts';
import { REASONS, type Trouble } from '../view-models/who-acts.ts';
import { Code, Name } from './text.tsx';

const TRIGGER_WORDS: Readonly<Record<ScanRun['trigger']['type'], string>> = {
  scheduled: 'schedule',
  manual_api: 'by hand',
  iac_lifecycle: 'infrastructure change',
  deploy_gate: 'deploy gate',
};

/** What started it, and who: "retry by ana@example.com". */
export function TriggerText({ run }: { run: ScanRun }) {
  const { type, triggered_by_user_id: user, retry_of: retryOf, source } = run.trigger;
  const word = retryOf !== undefined ? 'retry' : source === 'ingest' ? 'ingest' : TRIGGER_WORDS[type];
  return (
    <span>
      {word}
      {user === null ? null : (
        <>
          {' by '}
          <Name text={user} limit={48} />
        </>
      )}
    </span>
  );
}

/** How long it took or has been running; against what is usual for the scope, always or only where it is far from it. */
export function DurationText({ row, now, usually }: { row: RunRow; now: Date; usually: 'always' | 'unusual' }) {
  const { run } = row;
  const taken = (run.ended_at ?? now).getTime() - run.started_at.getTime();
  const usual = usualDuration(row.history);
  const told = usual !== null && (usually === 'always' || taken > usual * 1.5 || (run.ended_at !== null && taken < usual / 1.5));
  return (
    <span>
      {run.ended_at === null ? `running for ${duration(taken)}` : duration(taken)}
      {told ? <span class="quiet"> (usually {duration(usual)})</span> : null}
    </span>
  );
}

export function ScopeName({ row }: { row: RunRow }) {
  return row.scope_name === null ? <Code text={row.run.scope_id} /> : <Name text={row.scope_name} limit={72} />;
}

export function TenantName({ row }: { row: RunRow }) {
  return row.tenant_name === null ? <Code text={row.run.tenant_id} /> : <Name text={row.tenant_name} limit={48} />;
}

export function RunLink({ id }: { id: string }) {
  return (
    <a href={runLink(id)}>
      <Code text={id} limit={13} />
    </a>
  );
}

/** One line: where, what, which code. */
export function ErrorLine({ placed, limit = 240 }: { placed: PlacedError; limit?: number }) {
  return (
    <>
      <b>{placed.category === null ? placed.stage : <Name text={placed.category} limit={64} />}</b>
      {': '}
      <ErrorText error={placed.error} limit={limit} />
    </>
  );
}

/** What, which code, about what. */
export function ErrorText({ error, limit }: { error: PlacedError['error']; limit: number }) {
  return (
    <>
      <Name text={error.message} limit={limit} /> <Code text={error.code} />
      {error.subject === undefined ? null : (
        <span class="quiet">
          {' about '}
          <Name text={error.subject} limit={96} />
        </span>
      )}
    </>
  );
}

export function FirstError({ run }: { run: ScanRun }) {
  const errors = errorsOf(run);
  const first = errors[0];
  if (first === undefined) return null;
  return (
    <p class="error-line">
      <ErrorLine placed={first} limit={160} />
      {errors.length > 1 ? <span class="quiet"> and {errors.length - 1} more</span> : null}
    </p>
  );
}

/** What went wrong, in one line; how the run ended where no error is told. */
export function TroubleReason({ trouble: { row, placed, more } }: { trouble: Trouble }) {
  const { reason } = row.run;
  return (
    <p class="error-line">
      {placed === null ? reason === null ? 'ended without saying why' : REASONS[reason] : <ErrorLine placed={placed} limit={200} />}
      {more > 0 ? <span class="quiet"> and {more} more</span> : null}
    </p>
  );
}
