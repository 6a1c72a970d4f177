/**
 * Finds the trusts that a subject could meet without looking at all of them: by issuer, then by the text before the first wildcard.
 * Two patterns can only meet when the one's such text begins the other's.
 */
import { compare } from '../graph/index-arrays.ts';
import type { SubjectPattern } from './subject-pattern.ts';

export interface TrustedSubject<T> {
  readonly issuer: string;
  readonly pattern: SubjectPattern;
  /** What is found; several patterns may lead to one. */
  readonly trust: T;
}

export interface SubjectIndex<T> {
  /** Trusts that may be met, each once, in an order that depends only on the patterns and the order in which they were given. */
  candidates(issuer: string, subject: SubjectPattern): Iterable<T>;
}

interface IssuerIndex<T> {
  /** Sorted by prefix. */
  readonly entries: readonly TrustedSubject<T>[];
  /** Patterns with a wildcard, by prefix. */
  readonly open: ReadonlyMap<string, readonly TrustedSubject<T>[]>;
  readonly openLengths: readonly number[];
}

export function subjectIndex<T>(subjects: readonly TrustedSubject<T>[]): SubjectIndex<T> {
  const byIssuer = new Map<string, TrustedSubject<T>[]>();
  for (const subject of subjects) append(byIssuer, subject.issuer, subject);
  const issuers = new Map([...byIssuer].map(([issuer, entries]) => [issuer, issuerIndex(entries)]));
  return {
    *candidates(issuer, subject) {
      const index = issuers.get(issuer);
      if (index === undefined) return;
      const given = new Set<T>();
      for (const { trust } of meetable(index, subject)) {
        if (given.has(trust)) continue;
        given.add(trust);
        yield trust;
      }
    },
  };
}

function* meetable<T>({ entries, open, openLengths }: IssuerIndex<T>, subject: SubjectPattern): Iterable<TrustedSubject<T>> {
  const { prefix, literal } = subject;
  for (const length of openLengths) {
    if (length >= prefix.length) break;
    yield* open.get(prefix.slice(0, length)) ?? [];
  }
  for (let n = firstNotBefore(entries, prefix); n < entries.length; n += 1) {
    const entry = entries[n] as TrustedSubject<T>;
    if (literal ? entry.pattern.prefix !== prefix : !entry.pattern.prefix.startsWith(prefix)) return;
    yield entry;
  }
}

function issuerIndex<T>(given: readonly TrustedSubject<T>[]): IssuerIndex<T> {
  const entries = [...given].sort((a, b) => compare(a.pattern.prefix, b.pattern.prefix));
  const open = new Map<string, TrustedSubject<T>[]>();
  for (const entry of entries) if (!entry.pattern.literal) append(open, entry.pattern.prefix, entry);
  const openLengths = [...new Set([...open.keys()].map((prefix) => prefix.length))].sort((a, b) => a - b);
  return { entries, open, openLengths };
}

function firstNotBefore<T>(entries: readonly TrustedSubject<T>[], prefix: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as TrustedSubject<T>).pattern.prefix < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
