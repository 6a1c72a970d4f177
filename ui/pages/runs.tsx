/** UI-01: what ran, what failed? */
import type { RunStatus } from '../../domain/runs/types.ts';
import type { RunRow } from '../../domain/views/types.ts';
import { RUN_STATUSES } from '../../domain/runs/types.ts';
import { LivePart } from '../components/facts.tsx';
import { type Option, Pager, Select, TextField } from '../components/form.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { Status } from '../components/marks.tsx';
import { DurationText, FirstError, ScopeName, TenantName, TriggerText } from '../components/run-parts.tsx';
import { StageStrip } from '../components/stage-strip.tsx';
import { Name, Time } from '../components/text.tsx';
import { runLink, runsLink } from '../links.ts';

export interface RunsFilter {
  readonly tenant: string | undefined;
  readonly status: RunStatus | undefined;
  readonly connector: string | undefined;
  readonly scope: string | undefined;
}

export interface RunsModel {
  readonly frame: PageFrame;
  readonly rows: readonly RunRow[];
  readonly filter: RunsFilter;
  readonly tenants: readonly Option[];
  readonly connectors: readonly Option[];
  /** True on every page but the first. */
  readonly paged: boolean;
  readonly next_cursor: string | null;
  readonly now: Date;
}

export function RunsPage(model: RunsModel) {
  const filter = { ...model.filter };
  const filtered = Object.values(model.filter).some((value) => value !== undefined);
  return (
    <Layout frame={model.frame}>
      <h1>Runs</h1>
      <form class="filters" method="get" action={runsLink()} aria-label="Filters">
        <Select
          name="status"
          label="Status"
          any="any"
          value={filter.status}
          options={RUN_STATUSES.map((status) => ({ value: status, label: status }))}
        />
        <Select name="connector" label="Connector" any="any" value={filter.connector} options={model.connectors} />
        <TextField name="tenant" label="Tenant id" value={filter.tenant} options={model.tenants} />
        <TextField name="scope" label="Scope id" value={filter.scope} />
        <button type="submit">Filter</button>
        {filtered ? <a href={runsLink()}>Show all</a> : null}
      </form>
      <LivePart id="runs">
        {model.rows.length === 0 ? <NoRuns filtered={filtered} paged={model.paged} /> : <RunList model={model} />}
      </LivePart>
      <Pager
        what="runs"
        first={model.paged ? runsLink(filter) : null}
        next={model.next_cursor === null ? null : runsLink({ ...filter, cursor: model.next_cursor })}
      />
    </Layout>
  );
}

function NoRuns({ filtered, paged }: { filtered: boolean; paged: boolean }) {
  if (paged) return <p class="empty">There are no older runs.</p>;
  if (filtered) return <p class="empty">No run matches these filters.</p>;
  return (
    <p class="empty">
      No scan has run yet. Each run appears here with its stages as soon as it starts: give a scope a schedule, or start one with{' '}
      <code>sv0 scan</code>.
    </p>
  );
}

function RunList({ model }: { model: RunsModel }) {
  return (
    <ol class="runs">
      {model.rows.map((row) => (
        <li>
          <RunItem row={row} now={model.now} />
        </li>
      ))}
    </ol>
  );
}

function RunItem({ row, now }: { row: RunRow; now: Date }) {
  const { run } = row;
  return (
    <article class="run">
      <div class="run-what">
        <Status status={run.status} />
        <h2>
          <a href={runLink(run._id)}>
            <ScopeName row={row} />
          </a>
        </h2>
        <p class="quiet">
          <a href={runsLink({ tenant: run.tenant_id })}>
            <TenantName row={row} />
          </a>
          {' · '}
          {row.instance_name === null ? null : (
            <>
              <Name text={row.instance_name} limit={48} />
              {' · '}
            </>
          )}
          <Name text={run.connector} limit={48} />
        </p>
      </div>
      <p class="run-when">
        <Time at={run.started_at} now={now} />, <TriggerText run={run} />
        <br />
        <DurationText row={row} now={now} usually="unusual" />
      </p>
      <StageStrip row={row} />
      <FirstError run={run} />
    </article>
  );
}
