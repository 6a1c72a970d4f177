/** IAM patterns: `*` is any run of characters, `?` is one (AWS IAM User Guide, "IAM JSON policy elements: Resource"). */
import { meets, trustedSubject } from '../../../stitching/subject-pattern.ts';

/**
 * True when every string that `inner` can match is matched by `outer`. A wildcard of `inner` is covered only by `*` of `outer`
 * (or `?` by `?`), so a literal `inner` makes this ordinary matching. Sound, and complete for all that policies write in practice.
 */
export function patternCovers(outer: string, inner: string): boolean {
  let o = 0;
  let i = 0;
  let star = -1;
  let mark = 0;
  while (i < inner.length) {
    const pattern = outer[o];
    const char = inner[i];
    if (pattern === '*') {
      star = o;
      mark = i;
      o += 1;
    } else if (pattern !== undefined && (pattern === char || (pattern === '?' && char !== '*'))) {
      o += 1;
      i += 1;
    } else if (star >= 0) {
      mark += 1;
      i = mark;
      o = star + 1;
    } else return false;
  }
  while (outer[o] === '*') o += 1;
  return o === outer.length;
}

/** True when some string is matched by both. A policy variable (`${aws:username}`) could stand for anything. */
export const patternsMeet = (a: string, b: string): boolean => meets(trustedSubject('StringLike', a), trustedSubject('StringLike', b));

/** Action names have no case (`IAM:passrole` is `iam:PassRole`), and `*:*` is written for `*`. */
export const normalAction = (action: string): string => {
  const lower = action.toLowerCase();
  return lower === '*:*' ? '*' : lower;
};
