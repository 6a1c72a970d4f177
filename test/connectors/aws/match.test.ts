import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversAction, matchesBeyond, wildcardMatch } from '../../../connectors/aws/policy/match.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\u{1F512}'), maxLength: 8 });
const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?', '\u{1F512}'), maxLength: 8 });
/** The independent reading: a regular expression over UTF-16 code units. */
const asExpression = (pattern: string): RegExp =>
  new RegExp(
    `^${[...Array(pattern.length).keys()].map((at) => (pattern[at] === '*' ? '[^]*' : pattern[at] === '?' ? '[^]' : `\\u${pattern.charCodeAt(at).toString(16).padStart(4, '0')}`)).join('')}$`,
  );

describe('wildcards of policies', () => {
  it('matches as the same pattern written as a regular expression', () => {
    const agrees = fc.property(patterns, letters, (pattern, text) => wildcardMatch(pattern, text) === asExpression(pattern).test(text));
    expect(fc.check(agrees, { numRuns: 2000 }).counterexample).toBeNull();
  });

  it('says of what lies beyond a prefix: all, some or none, in agreement with the texts themselves', () => {
    const tails = fc.array(
      letters.filter((text) => text.length > 0),
      { minLength: 1, maxLength: 12 },
    );
    const agrees = fc.property(patterns, letters, tails, (pattern, prefix, some) => {
      const hits = new Set(some.map((tail) => wildcardMatch(pattern, prefix + tail)));
      const reach = matchesBeyond(pattern, prefix);
      return !(hits.has(true) && reach === 'none') && !(hits.has(false) && reach === 'all');
    });
    expect(fc.check(agrees, { numRuns: 2000 }).counterexample).toBeNull();
    expect(matchesBeyond('arn:aws:s3:::b/*', 'arn:aws:s3:::b/')).toBe('all');
    expect(matchesBeyond('arn:aws:s3:::b*', 'arn:aws:s3:::b/')).toBe('all');
    expect(matchesBeyond('arn:aws:s3:::b/2026/*', 'arn:aws:s3:::b/')).toBe('some');
    expect(matchesBeyond('arn:aws:s3:::b', 'arn:aws:s3:::b/')).toBe('none');
    expect(matchesBeyond('arn:aws:s3:::b/', 'arn:aws:s3:::b/')).toBe('none');
  });

  it('stays fast on a pattern that makes a backtracking matcher explode', () => {
    let matches = true;
    expect(cpuTime(() => (matches = wildcardMatch('*a'.repeat(200), 'a'.repeat(2000) + 'b')))).toBeLessThan(1_000);
    expect(matches).toBe(false);
  });

  it('compares action names without case, and turns NotAction around', () => {
    expect(coversAction({ actions: ['S3:getobject*'], notActions: [] }, 's3:GetObject')).toBe(true);
    expect(coversAction({ actions: [], notActions: ['iam:*'] }, 's3:GetObject')).toBe(true);
    expect(coversAction({ actions: [], notActions: ['s3:Get*'] }, 's3:GetObject')).toBe(false);
    expect(coversAction({ actions: [], notActions: [] }, 's3:GetObject')).toBe(false);
  });
});
