/** One bar a run, oldest first; a tick on the ground line where a run has no such number; one of them can stand out. */
import { count } from '../format.ts';

const STEP = 4;
const WIDTH = 3;
const HEIGHT = 16;
const SLOTS = 20;

export function Sparkline({ values, label, own }: { values: readonly (number | null)[]; label: string; own: number }) {
  const shown = values.slice(-SLOTS);
  const known = shown.filter((value): value is number => value !== null);
  if (known.length === 0) return null;
  const highest = known.reduce((a, b) => (a > b ? a : b));
  const lowest = known.reduce((a, b) => (a < b ? a : b));
  // Fewer than 20 runs: the newest is always at the right edge.
  const offset = SLOTS - shown.length;
  const ownBar = own < 0 ? -1 : own - (values.length - shown.length);
  const bars = shown.map((value, index) => bar(offset + index, value, highest));
  const words = `${label}: ${lowest === highest ? count(lowest) : `${count(lowest)} to ${count(highest)}`} over ${known.length === 1 ? '1 run' : `${known.length} runs`}`;
  return (
    <svg class="spark" viewBox={`0 0 ${SLOTS * STEP - 1} ${HEIGHT}`} role="img" aria-label={words} preserveAspectRatio="none">
      <path d={bars.filter((_, index) => index !== ownBar).join('')} />
      {ownBar < 0 ? null : <path class="own" d={bars[ownBar]} />}
    </svg>
  );
}

function bar(slot: number, value: number | null, highest: number): string {
  const height = value === null || highest === 0 ? 1 : Math.max(1, Math.round((value / highest) * HEIGHT));
  const width = value === null ? 1 : WIDTH;
  return `M${slot * STEP} ${HEIGHT}v-${height}h${width}v${height}z`;
}
