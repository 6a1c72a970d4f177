/** Numbers, times and words as people read them. No locale: the same value gives the same text on every machine. */

/** `12,040` */
export const count = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');

/** `1 entity`, `2 entities` */
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

/** `2026-11-22 06:12:03 UTC` */
export const absolute = (time: Date): string => `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** The clock of a place, from a table of numbers and not a locale's text: `2026-11-23 02:00`. */
export function inZone(time: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(time);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `42 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`; two units at most. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < MINUTE) return milliseconds > 0 && seconds === 0 ? '< 1 s' : `${seconds} s`;
  if (seconds < HOUR) return two(seconds, MINUTE, 'min', 1, 's');
  if (seconds < DAY) return two(seconds, HOUR, 'h', MINUTE, 'min');
  return two(seconds, DAY, 'd', HOUR, 'h');
}

function two(seconds: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % big) / small);
  return `${count(Math.floor(seconds / big))} ${bigName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** `3 min ago`, `in 2 h`, `just now`; one unit, because the title has the rest. */
export function relative(time: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - time.getTime()) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return seconds < 0 ? 'in a moment' : 'just now';
  const text =
    distance < MINUTE
      ? `${distance} s`
      : distance < HOUR
        ? `${Math.floor(distance / MINUTE)} min`
        : distance < DAY
          ? `${Math.floor(distance / HOUR)} h`
          : `${count(Math.floor(distance / DAY))} d`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

/**
 * Characters that are not seen but change how the rest is read: controls, bidirectional overrides and isolates, invisible separators, tags.
 * (Unicode TR 36 and TR 55; the joiners U+200C and U+200D stay, because scripts and emoji need them.)
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\u034f/gu;

/** Text from elsewhere, fit to be read: what cannot be seen is written out, and it has an end. */
export function readable(text: string, limit: number): { readonly text: string; readonly cut: boolean } {
  const whole = text.toWellFormed();
  // A code point is at most two units, so this many units hold `limit` code points; the rest of a huge text is not looked at.
  const points = Array.from(whole.slice(0, (limit + 1) * 2));
  const cut = points.length > limit;
  const shown = (cut ? points.slice(0, limit) : points).join('');
  return {
    text: shown.replaceAll(UNSEEN, (character) => `[U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`),
    cut,
  };
}
