/** UI-02: why did it end like this, and what now? */
import type { RunAttempts, RunDetail } from '../../domain/views/types.ts';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { Status } from '../components/marks.tsx';
import { Fact, Facts, LivePart } from '../components/facts.tsx';
import { RunActions } from '../components/run-actions.tsx';
import { AttemptTable } from '../components/attempt-table.tsx';
import { RunGantt } from '../components/run-gantt.tsx';
import { RunChanges } from '../components/run-changes.tsx';
import { DurationText, RunLink, ScopeName, TenantName, TriggerText, TroubleReason } from '../components/run-parts.tsx';
import { StagePanels } from '../components/stage-panels.tsx';
import { Code, Name, Prose, Time } from '../components/text.tsx';
import { duration } from '../format.ts';
import { instanceLink, runsLink, scopeLink } from '../links.ts';
import { ACTOR_TITLES, ACTORS, REASONS, troublesByActor } from '../view-models/who-acts.ts';

export interface RunModel {
  readonly frame: PageFrame;
  readonly detail: RunDetail;
  /** This run's workflow in the Temporal Web UI. */
  readonly workflow: string | null;
  /** The stored end of its log; null when none is kept. */
  readonly log: readonly string[] | null;
  /** Null when nobody knows. */
  readonly attempts: RunAttempts | null;
  /** Why the last asked-for action was refused. */
  readonly refusal: string | null;
  /** Ties a repeated click on "Re-run" to one start. */
  readonly action_key: string;
  readonly now: Date;
}

export function RunPage(model: RunModel) {
  const { detail, now } = model;
  return (
    <Layout frame={model.frame}>
      <h1>
        Run of <ScopeName row={detail} />
      </h1>
      {model.refusal === null ? null : (
        <p class="notice bad" role="alert">
          Not done: {model.refusal}
        </p>
      )}
      <LivePart id="head">
        <RunHeader model={model} />
        <WhatNow detail={detail} />
      </LivePart>
      <LivePart id="act">
        <RunActions run={detail.run} actionKey={model.action_key} scope={<ScopeName row={detail} />} />
      </LivePart>
      <LivePart id="stages">
        <section aria-labelledby="timeline">
          <h2 id="timeline">Timeline</h2>
          <RunGantt run={detail.run} attempts={model.attempts} now={now} />
          <AttemptTable run={detail.run} attempts={model.attempts} now={now} />
        </section>
        <StagePanels detail={detail} />
      </LivePart>
      <LivePart id="changes">
        <RunChanges detail={detail} />
      </LivePart>
      <LivePart id="log-end">
        <Log lines={model.log} />
      </LivePart>
    </Layout>
  );
}

function Log({ lines }: { lines: readonly string[] | null }) {
  if (lines === null || lines.length === 0) return null;
  return (
    <section aria-labelledby="log">
      <h2 id="log">End of the log</h2>
      <pre class="log" tabindex={0} aria-labelledby="log">
        {lines.map((line) => (
          <>
            <Name text={line} limit={1000} />
            {'\n'}
          </>
        ))}
      </pre>
    </section>
  );
}

function RunHeader({ model }: { model: RunModel }) {
  const { detail, now } = model;
  const { run } = detail;
  const budget = run.deadline_at.getTime() - run.started_at.getTime();
  return (
    <Facts>
      <Fact name="Status">
        <Status status={run.status} />
        {run.reason === null ? null : <span> {REASONS[run.reason]}</span>}
      </Fact>
      <Fact name="Tenant">
        <a href={runsLink({ tenant: run.tenant_id })}>
          <TenantName row={detail} />
        </a>
      </Fact>
      <Fact name="Scope">
        {detail.scope_name === null || /^(?:gate|ingest):/.test(run.scope_id) ? (
          <ScopeName row={detail} />
        ) : (
          <a href={scopeLink(run.scope_id)}>
            <ScopeName row={detail} />
          </a>
        )}{' '}
        <a href={runsLink({ scope: run.scope_id })} class="quiet">
          all its runs
        </a>
      </Fact>
      <Fact name="Connector">
        <Name text={run.connector} limit={48} />
        {detail.instance_name === null || run.instance_id === null ? null : (
          <>
            {' · '}
            <a href={instanceLink(run.instance_id)}>
              <Name text={detail.instance_name} />
            </a>
          </>
        )}
      </Fact>
      <Fact name="Started">
        <Time at={run.started_at} now={now} />, <TriggerText run={run} />
      </Fact>
      <Fact name="Took">
        <DurationText row={detail} now={now} usually="always" />, of a budget of {duration(budget)}
      </Fact>
      {run.trigger.retry_of === undefined ? null : (
        <Fact name="Retry of">
          <RunLink id={run.trigger.retry_of} />
        </Fact>
      )}
      {detail.retries.length === 0 ? null : (
        <Fact name="Retried as">
          {detail.retries.map((retry) => (
            <>
              <RunLink id={retry} />{' '}
            </>
          ))}
        </Fact>
      )}
      {run.isolation === null ? null : (
        <Fact name="Connector boxed by">{run.isolation === 'none' ? 'nothing on this host' : run.isolation}</Fact>
      )}
      <Fact name="Workflow">
        {model.workflow === null ? <Code text={run.workflow_id} limit={120} /> : <a href={model.workflow}>Open in Temporal</a>}
      </Fact>
      <Fact name="Run id">
        <Code text={run._id} />
      </Fact>
    </Facts>
  );
}

function WhatNow({ detail }: { detail: RunDetail }) {
  const { status } = detail.run;
  if (status === 'running' || status === 'succeeded') return null;
  const groups = troublesByActor([detail]);
  return (
    <ul class="next-steps" aria-label="What now">
      {ACTORS.flatMap((actor) =>
        (groups.get(actor) ?? []).map((trouble) => (
          <li>
            <TroubleReason trouble={trouble} />
            <b>{ACTOR_TITLES[actor]}.</b> <Prose text={trouble.next_step} />
          </li>
        )),
      )}
    </ul>
  );
}
