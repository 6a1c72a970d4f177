/** UI-03: when does it run next, and how did it end last? */
import type { ScopeRow } from '../../domain/views/types.ts';
import { nextTimes, scheduleInWords } from '../../domain/tenancy/schedule.ts';
import { type Option, Pager, TextField } from '../components/form.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { State, Status } from '../components/marks.tsx';
import { Name, Time } from '../components/text.tsx';
import { instanceLink, instancesLink, runLink, scopeLink, scopesLink, tenantLink } from '../links.ts';

export interface ScopesModel {
  readonly frame: PageFrame;
  readonly rows: readonly ScopeRow[];
  readonly filter: { readonly tenant: string | undefined; readonly instance: string | undefined };
  readonly tenants: readonly Option[];
  readonly paged: boolean;
  readonly next_cursor: string | null;
  readonly now: Date;
}

export function ScopesPage(model: ScopesModel) {
  const filtered = Object.values(model.filter).some((value) => value !== undefined);
  return (
    <Layout frame={model.frame}>
      <h1>Scopes</h1>
      <form class="filters" method="get" action={scopesLink()} aria-label="Filters">
        <TextField name="tenant" label="Tenant id" value={model.filter.tenant} options={model.tenants} />
        <TextField name="instance" label="Instance id" value={model.filter.instance} />
        <button type="submit">Filter</button>
        {filtered ? <a href={scopesLink()}>Show all</a> : null}
      </form>
      {model.rows.length === 0 ? <NoScopes filtered={filtered} paged={model.paged} /> : null}
      <ol class="list">
        {model.rows.map((row) => (
          <li>
            <ScopeItem row={row} now={model.now} />
          </li>
        ))}
      </ol>
      <Pager
        what="scopes"
        words={['First', 'Next']}
        first={model.paged ? scopesLink(model.filter) : null}
        next={model.next_cursor === null ? null : scopesLink({ ...model.filter, cursor: model.next_cursor })}
      />
    </Layout>
  );
}

function NoScopes({ filtered, paged }: { filtered: boolean; paged: boolean }) {
  if (paged) return <p class="empty">There are no more scopes.</p>;
  if (filtered) return <p class="empty">No scope matches these filters.</p>;
  return (
    <p class="empty">
      A scope says what is read of a connector instance, and when. Open an <a href={instancesLink()}>instance</a> to make its first one.
    </p>
  );
}

function ScopeItem({ row, now }: { row: ScopeRow; now: Date }) {
  const { scope } = row;
  return (
    <article class="item">
      <div>
        <h2>
          <a href={scopeLink(scope._id)}>
            <Name text={scope.name} />
          </a>
        </h2>
        <p class="quiet">
          <a href={tenantLink(scope.tenant_id)}>
            <Name text={row.tenant_name ?? scope.tenant_id} limit={48} />
          </a>
          {scope.instance_id === null ? null : (
            <>
              {' · '}
              <a href={instanceLink(scope.instance_id)}>
                <Name text={row.instance_name ?? scope.instance_id} limit={48} />
              </a>
            </>
          )}
          {row.connector === null ? null : (
            <>
              {' · '}
              <Name text={row.connector} limit={48} />
            </>
          )}
        </p>
      </div>
      <p>
        <ScheduleLine row={row} now={now} />
      </p>
      <p>
        <LastResult row={row} now={now} />
      </p>
    </article>
  );
}

/** What starts it next, or why nothing does. */
export function ScheduleLine({ row, now }: { row: ScopeRow; now: Date }) {
  const { scope } = row;
  const words = scope.schedule === null ? null : <Name text={scheduleInWords(scope.schedule)} limit={120} />;
  if (scope.status === 'disabled') return <State state="disabled" />;
  if (row.tenant_status !== null && row.tenant_status !== 'active')
    return (
      <>
        <State state={row.tenant_status} /> <span class="quiet">with its tenant</span>
      </>
    );
  if (scope.schedule === null) return <span class="quiet">No schedule: runs when somebody starts it</span>;
  if (scope.paused !== null)
    return (
      <>
        <State state="paused" /> <span class="quiet">by </span>
        <Name text={scope.paused.by} limit={48} /> <Time at={scope.paused.at} now={now} />: <Name text={scope.paused.note} limit={160} />{' '}
        <span class="quiet">({words})</span>
      </>
    );
  const next = nextTimes(scope.schedule, scope._id, now, 1)[0];
  return (
    <>
      {words}
      {next === undefined ? null : (
        <span class="quiet">
          , next <Time at={next} now={now} />
        </span>
      )}
      <Cooldown until={scope.cooldown_until} now={now} />
    </>
  );
}

export function Cooldown({ until, now }: { until: Date; now: Date }) {
  if (until <= now) return null;
  return (
    <>
      {' '}
      <State state="cooldown" />{' '}
      <span class="quiet">
        after a failure, ends <Time at={until} now={now} />
      </span>
    </>
  );
}

export function LastResult({ row, now }: { row: ScopeRow; now: Date }) {
  const { in_flight } = row.scope;
  if (in_flight !== null)
    return (
      <>
        <Status status="running" /> <a href={runLink(in_flight.run)}>the run in flight</a>
      </>
    );
  if (row.last_run === null) return <State state="never" />;
  return (
    <>
      <Status status={row.last_run.status} />{' '}
      <a href={runLink(row.last_run.run_id)}>
        <Time at={row.last_run.started_at} now={now} />
      </a>
    </>
  );
}
