/** How long to stay away after an answer, from what the answer says. Pure: times are given in, milliseconds come out. */
import type { Headers } from './request.ts';

/** Seconds or an HTTP date (RFC 9110 §10.2.3), in ms from now; null when absent or unreadable. Never negative. */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return null;
  if (/^\d{1,10}(?:\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  // `Date.parse` takes nearly anything: `-5` is a year to it.
  const at = /^[A-Z][a-z]{2,8},? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - serverNow(headers, now));
}

/** `x-ratelimit-reset`, UTC epoch seconds (GitHub and ServiceNow alike), in ms from now; a second is added because it is cut to seconds. */
export function resetMs(headers: Headers, now: number): number | null {
  const value = headers['x-ratelimit-reset']?.trim();
  if (value === undefined || !/^\d{9,11}$/.test(value)) return null;
  return Math.max(0, Number(value) * 1000 + 1000 - serverNow(headers, now));
}

/**
 * GitHub's order ("Best practices for using the REST API"): `retry-after`, else the reset when the primary limit is used up, else a minute,
 * doubled each time. A reset beside remaining calls belongs to the primary limit, which is not the one that was hit.
 */
export function throttleMs(headers: Headers, now: number, attempt: number, floorMs: number): number {
  const asked = retryAfterMs(headers, now);
  if (asked !== null) return asked;
  const remaining = headers['x-ratelimit-remaining']?.trim();
  const reset = remaining === undefined || remaining === '0' ? resetMs(headers, now) : null;
  return reset ?? floorMs * 2 ** Math.min(attempt, 6);
}

/** A throttle by its status and headers alone. A 403 can be one (GitHub), and can be one without saying so in headers: `isThrottle` of the client. */
export function looksThrottled(status: number, headers: Headers): boolean {
  if (status === 429) return true;
  return status === 403 && (headers['retry-after'] !== undefined || headers['x-ratelimit-remaining']?.trim() === '0');
}

/** Dates are on the server's clock; ours may be off. */
function serverNow(headers: Headers, now: number): number {
  const date = Date.parse(headers.date ?? '');
  return Number.isNaN(date) ? now : date;
}
