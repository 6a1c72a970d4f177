/** Is anything wrong, and who should act? */
import type { RunStatus } from '../../domain/runs/types.ts';
import { RUN_STATUSES } from '../../domain/runs/types.ts';
import type { Home } from '../../domain/views/types.ts';
import { LivePart } from '../components/facts.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { Status, statusTone } from '../components/marks.tsx';
import { ScopeName, TenantName, TroubleReason } from '../components/run-parts.tsx';
import { Name, Prose, Time } from '../components/text.tsx';
import { count, plural } from '../format.ts';
import { runLink, runsLink } from '../links.ts';
import { ACTOR_TITLES, ACTORS, type Trouble, troublesByActor } from '../view-models/who-acts.ts';

export interface HomeModel {
  readonly frame: PageFrame;
  readonly home: Home;
  readonly now: Date;
}

export function HomePage({ frame, home, now }: HomeModel) {
  return (
    <Layout frame={frame}>
      <LivePart id="home">
        <h1>{headline(home)}</h1>
        {home.last_ended_at === null ? null : (
          <p class="quiet">
            The last run ended <Time at={home.last_ended_at} now={now} />.
          </p>
        )}
        <Troubles home={home} now={now} />
        <NeverRun home={home} />
        <Today home={home} now={now} />
      </LivePart>
    </Layout>
  );
}

function headline(home: Home): string {
  const wrong = home.problems.length;
  if (wrong > 0) return `${plural(wrong, 'scope')}${home.problems_truncated ? ' or more' : ''} ${wrong === 1 ? 'has' : 'have'} a problem`;
  if (home.active_scopes === 0) return 'No scope is set up yet';
  if (home.never_run_count > 0) return `No problem in the ${count(home.active_scopes - home.never_run_count)} scopes that have run`;
  return home.active_scopes === 1 ? 'The one scope is healthy' : `All ${count(home.active_scopes)} scopes are healthy`;
}

function Troubles({ home, now }: { home: Home; now: Date }) {
  const groups = troublesByActor(home.problems);
  return (
    <>
      {ACTORS.map((actor) => {
        const troubles = groups.get(actor) ?? [];
        return troubles.length === 0 ? null : (
          <section aria-labelledby={`acts-${actor}`}>
            <h2 id={`acts-${actor}`}>
              {ACTOR_TITLES[actor]} ({count(troubles.length)})
            </h2>
            <ul class="troubles">
              {troubles.map((trouble) => (
                <li>
                  <TroubleItem trouble={trouble} now={now} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

function TroubleItem({ trouble, now }: { trouble: Trouble; now: Date }) {
  const { run } = trouble.row;
  return (
    <article class="trouble">
      <p>
        <Status status={run.status} />{' '}
        <a href={runLink(run._id)}>
          <ScopeName row={trouble.row} />
        </a>{' '}
        <span class="quiet">
          of <TenantName row={trouble.row} />, <Time at={run.started_at} now={now} />
        </span>
      </p>
      <TroubleReason trouble={trouble} />
      <p>
        <b>Next:</b> <Prose text={trouble.next_step} />
      </p>
    </article>
  );
}

function NeverRun({ home }: { home: Home }) {
  if (home.never_run_count === 0) return null;
  return (
    <section aria-labelledby="never">
      <h2 id="never">Not known yet ({count(home.never_run_count)})</h2>
      <p>Active scopes that no run has claimed: nothing is known of what they would read.</p>
      <ul class="changes">
        {home.never_run.map((scope) => (
          <li>
            <Name text={scope.name} />{' '}
            <span class="quiet">{scope.schedule_id === null ? 'has no schedule' : 'waits for its schedule'}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One tick a run, oldest first, over the last 24 hours; the numbers beside it say the same in words. */
function Today({ home, now }: { home: Home; now: Date }) {
  const from = now.getTime() - 86_400_000;
  const numbers = RUN_STATUSES.map((status) => [status, home.recent.filter((run) => run.status === status).length] as const).filter(
    ([, number]) => number > 0,
  );
  return (
    <section aria-labelledby="today">
      <h2 id="today">
        <a href={runsLink()}>Runs of the last 24 hours</a>
      </h2>
      {home.recent.length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <>
          <p class="tally">
            {numbers.map(([status, number]) => (
              <a href={runsLink({ status })}>
                <Status status={status} /> {count(number)}
              </a>
            ))}
            {home.recent_truncated ? <span class="quiet">among the newest {count(home.recent.length)}</span> : null}
          </p>
          <svg class="day" viewBox="0 0 960 26" preserveAspectRatio="none" aria-hidden="true">
            <line x1="0" x2="960" y1="25" y2="25" class="rule" />
            {RUN_STATUSES.map((status) => (
              <path class={statusTone(status)} d={ticks(home, status, from)} />
            ))}
          </svg>
          <p class="ends quiet">
            <span>24 h ago</span>
            <span>now</span>
          </p>
        </>
      )}
    </section>
  );
}

/** Bad ones reach higher, so that they are seen without their colour. */
function ticks(home: Home, status: RunStatus, from: number): string {
  const height = status === 'succeeded' ? 10 : status === 'running' ? 6 : 24;
  return home.recent
    .filter((run) => run.status === status)
    .map((run) => `M${Math.max(0, Math.round(((run.started_at.getTime() - from) / 86_400_000) * 956))} 25v-${height}h3v${height}z`)
    .join('');
}
