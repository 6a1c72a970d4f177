/** Stages over the run's time. The numbers are in the panels below: the picture shows order, overlap and waits. */
import type { ScanRun } from '../../domain/runs/types.ts';
import type { RunAttempts, StageAttempt } from '../../domain/views/types.ts';
import { duration } from '../format.ts';
import { type StageView, stagesOf } from '../view-models/stages.ts';
import { statusTone, statusWord } from './marks.tsx';

const ROW = 22;
const LEFT = 84;
const WIDTH = 620;

export function RunGantt({ run, attempts, now }: { run: ScanRun; attempts: RunAttempts | null; now: Date }) {
  const start = run.started_at.getTime();
  const end = Math.max((run.ended_at ?? now).getTime(), start + 1);
  const stages = stagesOf(run).filter((stage) => stage.status !== 'not_asked');
  const height = stages.length * ROW + 18;
  const words = stages
    .map((stage) => `${stage.name} ${statusWord(stage.status)}${tookWords(stage, run, now)}${triedWords(attempts?.[stage.name])}`)
    .join(', ');
  return (
    <div class="wide" tabindex={0} role="region" aria-label="Timeline of the stages">
      <svg
        class="gantt"
        viewBox={`0 0 ${LEFT + WIDTH + 8} ${height}`}
        width={LEFT + WIDTH + 8}
        height={height}
        role="img"
        aria-label={words}
      >
        {stages.map((stage, index) => (
          <StageBar stage={stage} failed={failedOf(attempts?.[stage.name])} y={index * ROW} start={start} end={end} run={run} now={now} />
        ))}
        <text x={LEFT} y={height - 4} class="axis">
          0
        </text>
        <text x={LEFT + WIDTH} y={height - 4} class="axis" text-anchor="end">
          {duration(end - start)}
        </text>
      </svg>
    </div>
  );
}

function StageBar({
  stage,
  failed,
  y,
  start,
  end,
  run,
  now,
}: {
  stage: StageView;
  failed: readonly Span[];
  y: number;
  start: number;
  end: number;
  run: ScanRun;
  now: Date;
}) {
  const whole = spanOf(stage, run, now);
  const before = failed.at(-1);
  // What a stage's cell spans may begin with the tries that failed: they are drawn by themselves.
  const span = whole === null || before === undefined ? whole : { from: Math.min(Math.max(whole.from, before.to), whole.to), to: whole.to };
  const scale = (at: number): number => Math.round(LEFT + (Math.min(Math.max(at, start), end) - start) * (WIDTH / (end - start)));
  const x = span === null ? 0 : scale(span.from);
  const width = span === null ? 0 : Math.max(3, scale(span.to) - x);
  const took = span === null ? statusWord(stage.status) : duration(span.to - span.from);
  // Text goes to the right of its bar, or to its left where the bar ends near the edge and no earlier try is drawn there.
  const right = x + width < LEFT + WIDTH - 90;
  return (
    <g>
      <text x={0} y={y + 15}>
        {stage.name}
      </text>
      <line x1={LEFT} x2={LEFT + WIDTH} y1={y + ROW - 1} y2={y + ROW - 1} class="rule" />
      {failed.map(({ from, to }) => (
        <rect x={scale(from)} y={y + 4} width={Math.max(3, scale(to) - scale(from))} height={ROW - 9} class="bar bad" />
      ))}
      {span === null ? null : <rect x={x} y={y + 4} width={width} height={ROW - 9} class={`bar ${statusTone(stage.status)}`} />}
      <text
        x={span === null ? LEFT : right ? x + width + 6 : x - 6}
        y={y + 15}
        class="axis"
        text-anchor={span === null || right ? 'start' : 'end'}
      >
        {width > WIDTH - 180 || (!right && failed.length > 0) ? '' : took}
      </text>
    </g>
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The tries before the last one. */
const failedOf = (attempts: readonly StageAttempt[] = []): readonly Span[] =>
  attempts
    .slice(0, -1)
    .map(({ asked_at, started_at, ended_at }) => ({ from: (started_at ?? asked_at).getTime(), to: (ended_at ?? asked_at).getTime() }));

const triedWords = (attempts: readonly StageAttempt[] = []): string => (attempts.length < 2 ? '' : `, tried ${attempts.length} times`);

/** A running stage has no cell yet: it is drawn from where the one before it ended. */
function spanOf(stage: StageView, run: ScanRun, now: Date): Span | null {
  if (stage.status === 'skipped') return null;
  if (stage.started_at !== null && stage.ended_at !== null) return { from: Date.parse(stage.started_at), to: Date.parse(stage.ended_at) };
  if (stage.status !== 'running') return null;
  const ends = stagesOf(run).flatMap((earlier) => (earlier.ended_at === null ? [] : [Date.parse(earlier.ended_at)]));
  return { from: ends.reduce((a, b) => (a > b ? a : b), run.started_at.getTime()), to: now.getTime() };
}

function tookWords(stage: StageView, run: ScanRun, now: Date): string {
  const span = spanOf(stage, run, now);
  return span === null ? '' : ` in ${duration(span.to - span.from)}`;
}
