/** Marks of state: always a shape and a word, never colour alone. */
import type { Severity } from '../../domain/rules/types.ts';
import type { RunStatus } from '../../domain/runs/types.ts';
import type { StageStatus } from '../view-models/stages.ts';

const SHAPES = {
  check: 'M3 8.5 6.5 12 13 4.5',
  half: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 1.5v9a4.5 4.5 0 0 0 0-9Z',
  cross: 'm4 4 8 8m0-8-8 8',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 3v3.5l2.5 1.5',
  play: 'M4.5 3v10l8-5-8-5Z',
  ring: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z',
  dash: 'M4 8h8',
  dot: 'M8 7a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z',
  octagon: 'M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5L5.5 2Z',
  up: 'M8 2.5 14.5 13.5h-13L8 2.5Z',
  diamond: 'M8 2l6 6-6 6-6-6 6-6Z',
  down: 'M8 13.5 1.5 2.5h13L8 13.5Z',
} as const;
type Shape = keyof typeof SHAPES;

/** Shapes that are areas; the others are lines. */
const FILLED: ReadonlySet<Shape> = new Set<Shape>(['half', 'play', 'dot', 'octagon', 'up', 'diamond', 'down']);

function Icon({ shape }: { shape: Shape }) {
  return (
    <svg class={FILLED.has(shape) ? 'icon filled' : 'icon'} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[shape]} />
    </svg>
  );
}

type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'quiet';

const STATUS: Readonly<Record<RunStatus | StageStatus, { readonly shape: Shape; readonly tone: Tone; readonly word: string }>> = {
  succeeded: { shape: 'check', tone: 'good', word: 'succeeded' },
  partial: { shape: 'half', tone: 'warn', word: 'partial' },
  failed: { shape: 'cross', tone: 'bad', word: 'failed' },
  timeout: { shape: 'clock', tone: 'bad', word: 'timeout' },
  running: { shape: 'play', tone: 'busy', word: 'running' },
  waiting: { shape: 'ring', tone: 'quiet', word: 'waiting' },
  skipped: { shape: 'dash', tone: 'quiet', word: 'skipped' },
  not_asked: { shape: 'dot', tone: 'quiet', word: 'not part of it' },
  not_reached: { shape: 'dash', tone: 'quiet', word: 'not reached' },
};

export const statusTone = (status: RunStatus | StageStatus): Tone => STATUS[status].tone;
export const statusWord = (status: RunStatus | StageStatus): string => STATUS[status].word;

export function Status({ status }: { status: RunStatus | StageStatus }) {
  const { shape, tone, word } = STATUS[status];
  return (
    <span class={`mark ${tone}`}>
      <Icon shape={shape} />
      {word}
    </span>
  );
}

/** The shape alone, for narrow cells; the word is there for whoever does not see the shape. */
export function StatusShape({ status }: { status: StageStatus }) {
  const { shape, tone, word } = STATUS[status];
  return (
    <span class={`mark ${tone}`} title={word}>
      <Icon shape={shape} />
      <span class="unseen">{word}</span>
    </span>
  );
}

const STATES = {
  active: { shape: 'check', tone: 'good', word: 'active' },
  disabled: { shape: 'dash', tone: 'quiet', word: 'disabled' },
  suspended: { shape: 'dash', tone: 'warn', word: 'suspended' },
  offboarded: { shape: 'cross', tone: 'quiet', word: 'offboarded' },
  paused: { shape: 'dash', tone: 'warn', word: 'paused' },
  cooldown: { shape: 'clock', tone: 'warn', word: 'cooling down' },
  never: { shape: 'ring', tone: 'quiet', word: 'never run' },
  pending: { shape: 'ring', tone: 'warn', word: 'pending' },
  revoked: { shape: 'cross', tone: 'bad', word: 'revoked' },
  deleted: { shape: 'cross', tone: 'bad', word: 'deleted' },
  none: { shape: 'ring', tone: 'quiet', word: 'none' },
  granted: { shape: 'check', tone: 'good', word: 'granted' },
  missing: { shape: 'cross', tone: 'bad', word: 'missing' },
  refused: { shape: 'cross', tone: 'bad', word: 'refused' },
  unknown: { shape: 'ring', tone: 'warn', word: 'unknown' },
  production: { shape: 'check', tone: 'good', word: 'production-grade' },
  not_production: { shape: 'up', tone: 'warn', word: 'not production-grade' },
  intact: { shape: 'check', tone: 'good', word: 'intact' },
  open: { shape: 'play', tone: 'busy', word: 'not ended' },
  succeeded: { shape: 'check', tone: 'good', word: 'succeeded' },
  failed: { shape: 'cross', tone: 'bad', word: 'failed' },
  lost: { shape: 'cross', tone: 'bad', word: 'worker lost' },
  cancelled: { shape: 'dash', tone: 'quiet', word: 'cancelled' },
  broken: { shape: 'cross', tone: 'bad', word: 'broken' },
} as const satisfies Readonly<Record<string, { readonly shape: Shape; readonly tone: Tone; readonly word: string }>>;
export type StateName = keyof typeof STATES;

export function State({ state }: { state: StateName }) {
  const { shape, tone, word } = STATES[state];
  return (
    <span class={`mark ${tone}`}>
      <Icon shape={shape} />
      {word}
    </span>
  );
}

const SEVERITY: Readonly<Record<Severity, { readonly shape: Shape; readonly tone: Tone }>> = {
  critical: { shape: 'octagon', tone: 'bad' },
  high: { shape: 'up', tone: 'bad' },
  medium: { shape: 'diamond', tone: 'warn' },
  low: { shape: 'down', tone: 'quiet' },
  info: { shape: 'ring', tone: 'quiet' },
};

export function SeverityMark({ severity }: { severity: Severity }) {
  const { shape, tone } = SEVERITY[severity];
  return (
    <span class={`mark ${tone}`}>
      <Icon shape={shape} />
      {severity}
    </span>
  );
}
