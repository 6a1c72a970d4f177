/** `on` of a workflow: what starts it, and on which refs its jobs then run. */
import { sortedSet } from './ids.ts';
import { isMap, type YamlMap } from './yaml-map.ts';

export interface Trigger {
  /** GitHub's name of the event: `push`, `workflow_dispatch`. */
  readonly event: string;
  /** Cron lines of `schedule`. */
  readonly schedules: readonly string[];
  /** Names of the repositories' own events (`repository_dispatch: types`) are text, so they are not kept. */
  readonly branches: RefFilter | null;
  readonly tags: RefFilter | null;
}

export interface RefFilter {
  /** Patterns with `*` for every open part; empty for "all but some". */
  readonly only: readonly string[];
}

const MAX_PATTERNS = 100;

export function readTriggers(on: unknown): readonly Trigger[] {
  const events: readonly (readonly [string, unknown])[] =
    typeof on === 'string'
      ? [[on, null]]
      : Array.isArray(on)
        ? on.map((event) => [String(event), null] as const)
        : isMap(on)
          ? Object.entries(on)
          : [];
  const triggers = new Map<string, Trigger>();
  for (const [event, settings] of events) {
    if (!/^[a-z][a-z_]{0,39}$/.test(event)) continue;
    triggers.set(event, {
      event,
      schedules: event === 'schedule' ? readSchedules(settings) : [],
      branches: isMap(settings) ? readFilter(settings, 'branches') : null,
      tags: isMap(settings) ? readFilter(settings, 'tags') : null,
    });
  }
  return sortedSet(triggers.keys()).flatMap((event) => triggers.get(event) ?? []);
}

/** POSIX cron, five fields of numbers and names of months and days (docs.github.com, "Workflow syntax"): a line of any other form is not one. */
const CRON_FIELD = '(?:[\\d*,/-]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT){1,60}';
const CRON = new RegExp(`^${CRON_FIELD}(?:\\s+${CRON_FIELD}){4}$`, 'i');

function readSchedules(settings: unknown): string[] {
  const crons = Array.isArray(settings) ? settings.map((line) => (isMap(line) ? line['cron'] : null)) : [];
  return sortedSet(
    crons.filter((cron): cron is string => typeof cron === 'string' && cron.length <= 120 && CRON.test(cron)).slice(0, MAX_PATTERNS),
  );
}

function readFilter(settings: YamlMap, kind: 'branches' | 'tags'): RefFilter | null {
  const only = list(settings[kind]);
  if (only !== null) {
    const patterns = only.filter((pattern) => !pattern.startsWith('!'));
    // What is beyond the bound is not left out: the filter is then open.
    return { only: patterns.length > MAX_PATTERNS ? ['*'] : sortedSet(patterns.map(openPattern)) };
  }
  return list(settings[`${kind}-ignore`]) === null ? null : { only: [] };
}

function list(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : null;
}

/**
 * GitHub's filter pattern (docs.github.com, "Filter pattern cheat sheet") as text with `*` for what is open. It admits no less than the pattern does:
 * from the first character with a meaning of its own that is not a star (`?`, `+`, `[`, `\`) and the character that it is about, all is open.
 */
export function openPattern(pattern: string): string {
  if (pattern.length > 255 || !/^[\x21-\x7e\u00a1-\uffff]+$/.test(pattern) || pattern.includes(':')) return '*';
  const special = pattern.search(/[?+[\]\\]/);
  const known = special === -1 ? pattern : `${pattern.slice(0, /[?+]/.test(pattern[special] ?? '') ? Math.max(0, special - 1) : special)}*`;
  return known.replaceAll(/\*+/g, '*');
}
