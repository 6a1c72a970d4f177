import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalAction, patternCovers } from '../../../domain/rules/lib/iam/patterns.ts';

/** The textbook definition, over what a small alphabet allows. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  ).test(text);

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });

describe('patternCovers', () => {
  it('is wildcard matching where the inner one is plain', () => {
    fc.assert(
      fc.property(pattern, text, (outer, plain) => {
        expect(patternCovers(outer, plain)).toBe(matches(outer, plain));
      }),
      { numRuns: 2000 },
    );
  });
  it('never claims more than is so: what the inner one matches, the outer one matches', () => {
    fc.assert(
      fc.property(pattern, pattern, text, (outer, inner, plain) => {
        expect(!patternCovers(outer, inner) || !matches(inner, plain) || matches(outer, plain)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
  it('does not run away on hostile patterns', () => {
    expect(patternCovers(`${'*a'.repeat(200)}b`, 'a'.repeat(2000))).toBe(false);
  });
  it('takes `*:*` and any case for what they are', () => {
    expect([normalAction('*:*'), normalAction('IAM:PassRole')]).toEqual(['*', 'iam:passrole']);
  });
});
