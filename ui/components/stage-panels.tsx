/** A panel per stage (UI-02): its status, what it counted, and its errors with who should act. */
import type { Cell } from '../../domain/runs/types.ts';
import { DRIVER_CELL } from '../../domain/runs/types.ts';
import type { RunDetail } from '../../domain/views/types.ts';
import { duration, plural } from '../format.ts';
import {
  categoriesOf,
  countsOf,
  errorsOf,
  ownIndex,
  type PlacedError,
  stageHistory,
  type StageName,
  stagesOf,
  type StageView,
} from '../view-models/stages.ts';
import { Status } from './marks.tsx';
import { ErrorText } from './run-parts.tsx';
import { Sparkline } from './sparkline.tsx';
import { Name } from './text.tsx';

const SHOWN = 20;

export function StagePanels({ detail }: { detail: RunDetail }) {
  const errors = errorsOf(detail.run);
  return (
    <section aria-labelledby="stages">
      <h2 id="stages">Stages</h2>
      <ol class="panels">
        {stagesOf(detail.run).map((stage) => (
          <li class="panel">
            <StagePanel stage={stage} detail={detail} errors={errors.filter((placed) => placed.stage === stage.name)} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function StagePanel({ stage, detail, errors }: { stage: StageView; detail: RunDetail; errors: readonly PlacedError[] }) {
  const { one, many, what } = countsOf(stage.name);
  return (
    <>
      <h3>
        {stage.name} <Status status={stage.status} />
      </h3>
      {stage.items === null ? (
        <p class="quiet">{WAITING_FOR[stage.status] ?? ''}</p>
      ) : (
        <p>
          {plural(stage.items, one, many)}
          {stage.started_at === null || stage.ended_at === null ? null : (
            <span class="quiet"> in {duration(Date.parse(stage.ended_at) - Date.parse(stage.started_at))}</span>
          )}
        </p>
      )}
      <Sparkline values={stageHistory(stage.name as StageName, detail.history)} label={what} own={ownIndex(detail)} />
      {stage.name === 'connector' ? <Categories detail={detail} /> : <Errors errors={errors} />}
    </>
  );
}

const WAITING_FOR: Readonly<Partial<Record<StageView['status'], string>>> = {
  running: 'At work now.',
  waiting: 'Its turn has not come.',
  not_asked: 'This kind of run has no such stage.',
  not_reached: 'The run ended before it.',
  skipped: 'Nothing was done: the run ended before it. What earlier runs made is still there.',
};

function Categories({ detail }: { detail: RunDetail }) {
  const driver = detail.run.category_results[DRIVER_CELL];
  const cells = categoriesOf(detail.run);
  return (
    <>
      {driver === undefined ? null : <Errors errors={driver.errors.map((error) => ({ stage: 'connector', category: null, error }))} />}
      {cells.length === 0 ? null : (
        <ul class="categories">
          {cells.map(([name, cell]) => (
            <li>
              <Category name={name} cell={cell} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Category({ name, cell }: { name: string; cell: Cell }) {
  return (
    <>
      <span class="category">
        <Name text={name} limit={64} /> <Status status={cell.status} /> <span class="quiet">{plural(cell.items_scanned, 'item')}</span>
      </span>
      <Errors errors={cell.errors.map((error) => ({ stage: 'connector', category: name, error }))} />
    </>
  );
}

const ACTS = {
  customer: 'the customer acts',
  operator: 'an operator acts',
  engineer: 'an engineer acts',
  nobody: 'recovers by itself',
} as const;

function Errors({ errors }: { errors: readonly PlacedError[] }) {
  if (errors.length === 0) return null;
  return (
    <ul class="errors">
      {errors.slice(0, SHOWN).map((placed) => (
        <li>
          <ErrorText error={placed.error} limit={500} />
          <span class="quiet">
            {' · '}
            {placed.error.class}, {ACTS[placed.error.actor]}
          </span>
        </li>
      ))}
      {errors.length > SHOWN ? (
        <li class="quiet">
          and {errors.length - SHOWN} more, all in the run’s record: <code>GET /api/v1/scan-runs/:id</code>
        </li>
      ) : null}
    </ul>
  );
}
