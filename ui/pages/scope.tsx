/** UI-03: one scope: when it runs, by hand or by itself, and what it reads. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { scheduleInWords } from '../../domain/tenancy/schedule.ts';
import type { ScopeRow } from '../../domain/views/types.ts';
import { Done, Fact, Facts } from '../components/facts.tsx';
import { emptyForm, type FormState, Hidden, Refusal, TextInput } from '../components/fields.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { State } from '../components/marks.tsx';
import { NextTimes, type PreviewState, ScheduleFields, scheduleValues, Spread } from '../components/schedule.tsx';
import { ScopeFields, scopeValues } from '../components/scope-fields.tsx';
import { Code, Name, Time } from '../components/text.tsx';
import { duration } from '../format.ts';
import { instanceLink, runLink, runsLink, schedulePreviewLink, scopeLink, scopesLink, tenantLink } from '../links.ts';
import { Cooldown, LastResult } from './scopes.tsx';

export const SCOPE_ACTS = {
  created: 'The scope is there. It runs by its schedule, or now by the button below.',
  saved: 'Saved.',
  scheduled: 'The schedule is saved.',
  paused: 'Paused: nothing starts by itself until it is resumed.',
  resumed: 'Resumed.',
} as const;

export interface ScopeModel {
  readonly frame: PageFrame;
  readonly row: ScopeRow;
  readonly manifest: ConnectorManifest | undefined;
  /** Temporal's own next times; null when it could not be asked. */
  readonly next: readonly Date[] | null;
  readonly done: keyof typeof SCOPE_ACTS | null;
  /** Why "run now", "resume" or "remove" was not done. */
  readonly refusal: string | null;
  /** The forms that were refused or previewed; the others show what is stored. */
  readonly forms: { readonly edit?: FormState; readonly schedule?: FormState; readonly pause?: FormState };
  readonly preview: PreviewState;
  /** Ties a repeated click on "Run now" to one start. */
  readonly action_key: string;
  readonly now: Date;
}

export function ScopePage(model: ScopeModel) {
  const { row, now } = model;
  const { scope } = row;
  return (
    <Layout frame={model.frame}>
      <p class="quiet">
        <a href={scopesLink({ tenant: scope.tenant_id })}>
          Scopes of <Name text={row.tenant_name ?? scope.tenant_id} />
        </a>
      </p>
      <h1>
        <Name text={scope.name} limit={200} />
      </h1>
      <Done text={model.done === null ? null : SCOPE_ACTS[model.done]} />
      {model.refusal === null ? null : (
        <p class="notice bad" role="alert">
          Not done: {model.refusal}
        </p>
      )}
      <Header row={row} now={now} />
      <RunNow model={model} />
      <Timing model={model} />
      <section aria-labelledby="edit">
        <h2 id="edit">What it reads</h2>
        <Edit model={model} />
      </section>
      <Remove row={row} />
    </Layout>
  );
}

function Header({ row, now }: { row: ScopeRow; now: Date }) {
  const { scope } = row;
  return (
    <Facts>
      <Fact name="Tenant">
        <a href={tenantLink(scope.tenant_id)}>
          <Name text={row.tenant_name ?? scope.tenant_id} limit={64} />
        </a>
        {row.tenant_status === null || row.tenant_status === 'active' ? null : (
          <>
            {' '}
            <State state={row.tenant_status} />
          </>
        )}
      </Fact>
      {scope.instance_id === null ? null : (
        <Fact name="Instance">
          <a href={instanceLink(scope.instance_id)}>
            <Name text={row.instance_name ?? scope.instance_id} limit={64} />
          </a>
          {row.connector === null ? null : (
            <>
              {' · '}
              <Name text={row.connector} limit={48} />
            </>
          )}
        </Fact>
      )}
      <Fact name="Status">
        <State state={scope.status} />
        <Cooldown until={scope.cooldown_until} now={now} />
      </Fact>
      <Fact name="Last result">
        <LastResult row={row} now={now} />{' '}
        <a href={runsLink({ scope: scope._id })} class="quiet">
          all its runs
        </a>
      </Fact>
      <Fact name="Time budget">{duration(scope.budget.max_runtime_seconds * 1000)}</Fact>
      <Fact name="Scope id">
        <Code text={scope._id} limit={128} />
      </Fact>
    </Facts>
  );
}

function RunNow({ model }: { model: ScopeModel }) {
  const { scope } = model.row;
  if (scope.in_flight !== null)
    return (
      <p class="action">
        A run is in flight: <a href={runLink(scope.in_flight.run)}>see it</a>. The next one can start when it is over.
      </p>
    );
  return (
    <form class="action" method="post" action={`${scopeLink(scope._id)}/run`}>
      <Hidden name="key" value={model.action_key} />
      <button type="submit">Run now</button>{' '}
      <span class="quiet">
        Starts a scan of this scope at once{scope.cooldown_until > model.now ? ', and ends the cooldown early' : ''}.
      </span>
    </form>
  );
}

function Timing({ model }: { model: ScopeModel }) {
  const { row, now } = model;
  const { scope } = row;
  const form = model.forms.schedule ?? emptyForm(scheduleValues(scope.schedule));
  return (
    <section aria-labelledby="when">
      <h2 id="when">When it runs</h2>
      {scope.schedule === null ? (
        <p>It has no schedule: it runs when somebody starts it.</p>
      ) : (
        <>
          <p>
            <b>
              <Name text={scheduleInWords(scope.schedule)} limit={160} />
            </b>
            {scope.paused === null ? null : (
              <>
                . <State state="paused" /> by <Name text={scope.paused.by} limit={48} /> <Time at={scope.paused.at} now={now} />:{' '}
                <Name text={scope.paused.note} limit={500} />
              </>
            )}
          </p>
          {model.next === null ? <p class="quiet">The next times cannot be had just now.</p> : null}
          {model.next === null || model.next.length === 0 ? null : (
            <>
              <NextTimes next={model.next} schedule={scope.schedule} now={now} />
              <Spread schedule={scope.schedule} />
              {scope.cooldown_until <= now ? null : <p class="quiet">What is due before the cooldown ends is not started.</p>}
            </>
          )}
          <PauseOrResume model={model} />
        </>
      )}
      <details class="action" open={model.forms.schedule !== undefined}>
        <summary>{scope.schedule === null ? 'Give it a schedule…' : 'Change the schedule…'}</summary>
        <Refusal form={form} what="The schedule is not saved" />
        <form method="post" action={`${scopeLink(scope._id)}/schedule`} class="fields" data-preview={schedulePreviewLink()}>
          <Hidden name="scope" value={scope._id} />
          <Hidden name="version" value={String(scope.version)} />
          <ScheduleFields form={form} preview={model.preview} now={now} />
          <p class="wide-field">
            <button type="submit" name="do" value="save">
              Save the schedule
            </button>{' '}
            <button type="submit" name="do" value="preview" class="lesser">
              Show the next times
            </button>
          </p>
        </form>
      </details>
    </section>
  );
}

function PauseOrResume({ model }: { model: ScopeModel }) {
  const { scope } = model.row;
  const form = model.forms.pause ?? emptyForm();
  if (scope.paused !== null)
    return (
      <form class="action" method="post" action={`${scopeLink(scope._id)}/resume`}>
        <Hidden name="version" value={String(scope.version)} />
        <button type="submit">Resume</button>
      </form>
    );
  return (
    <details class="action" open={model.forms.pause !== undefined}>
      <summary>Pause…</summary>
      <Refusal form={form} what="Not paused" />
      <form method="post" action={`${scopeLink(scope._id)}/pause`} class="fields">
        <Hidden name="version" value={String(scope.version)} />
        <TextInput form={form} name="note" label="Why" required wide hint="The next person on call reads it." />
        <p class="wide-field">
          <button type="submit">Pause the schedule</button>
        </p>
      </form>
    </details>
  );
}

function Edit({ model }: { model: ScopeModel }) {
  const { row, manifest } = model;
  const { scope } = row;
  if (manifest === undefined) return <p class="quiet">Its connector is not known to this host.</p>;
  const form = model.forms.edit ?? emptyForm(scopeValues(scope));
  return (
    <>
      <p>
        {scope.categories.map((name, index) => (
          <>
            {index === 0 ? '' : ', '}
            <Name text={name} limit={64} />
          </>
        ))}
      </p>
      <details class="action" open={model.forms.edit !== undefined}>
        <summary>Change…</summary>
        <Refusal form={form} what="Not saved" />
        <form method="post" action={`${scopeLink(scope._id)}/edit`} class="fields">
          <Hidden name="version" value={String(scope.version)} />
          <ScopeFields form={form} manifest={manifest} existing />
          <p class="wide-field">
            <button type="submit">Save</button>
          </p>
        </form>
      </details>
    </>
  );
}

function Remove({ row }: { row: ScopeRow }) {
  const { scope } = row;
  return (
    <details class="action">
      <summary>Remove this scope…</summary>
      <form method="post" action={`${scopeLink(scope._id)}/remove`}>
        <Hidden name="version" value={String(scope.version)} />
        <p>
          <b>
            <Name text={scope.name} />
          </b>{' '}
          goes, with its schedule and with what only it has read of the graph. Its runs stay. This cannot be undone.
        </p>
        <button type="submit" class="danger">
          Remove the scope
        </button>
      </form>
    </details>
  );
}
