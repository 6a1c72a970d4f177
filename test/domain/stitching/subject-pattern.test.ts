import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalSubject, meets, sourceSubject, type SubjectPattern, trustedSubject } from '../../../domain/stitching/subject-pattern.ts';
import { RUNS } from '../fixtures/any-graph.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const like = (value: string): SubjectPattern => trustedSubject('StringLike', value);
const equals = (value: string): SubjectPattern => trustedSubject('StringEquals', value);

describe('subjects and patterns', () => {
  it.each([
    ['repo:o/n:ref:refs/heads/main', 'repo:o/n:ref:refs/heads/main', true],
    ['repo:o/n:ref:refs/heads/main', 'repo:o/n:*', true],
    ['repo:o/n:ref:refs/heads/main', 'repo:o/*:ref:refs/heads/main', true],
    ['repo:o/n:ref:refs/heads/main', 'repo:o/n:ref:refs/heads/mai?', true],
    ['repo:o/n:ref:refs/heads/main', 'repo:o/n:ref:refs/heads/main?', false],
    ['repo:o/n:ref:refs/heads/main', 'repo:O/n:*', false],
    ['repo:o/n:ref:refs/heads/main', 'repo:o/n2:*', false],
    ['repo:o/n:ref:refs/heads/*', 'repo:o/n:ref:refs/heads/release/*', true],
    ['repo:o/n:ref:refs/heads/*', 'repo:o/n:environment:*', false],
    ['repo:o/n:ref:refs/heads/*', '*', true],
    ['repo:o/n:*', 'repo:o/n:environment:prod', true],
    ['repo:o@1/n@2:environment:prod', 'repo:o@1/*', true],
    ['repo:o@1/n@2:environment:prod', 'repo:o/*', false],
    ['repo:o/n:environment:prod', 'repo:o@*/n@*:environment:prod', false],
  ])('DATA-07: some token of %s matches %s: %s', (subject, pattern, expected) => {
    expect(meets(sourceSubject(subject), like(pattern))).toBe(expected);
    expect(meets(like(pattern), sourceSubject(subject))).toBe(expected);
  });

  it('DATA-07: what a source leaves open in the middle is one part: a branch has no colon', () => {
    expect(meets(sourceSubject('repo:o/n:ref:refs/heads/*'), like('repo:o/n:ref:refs/heads/*:environment:prod'))).toBe(false);
    expect(meets(sourceSubject('repo:o/*:ref:x'), like('repo:o/a:b:ref:x'))).toBe(false);
    expect(meets(sourceSubject('repo:o/n:*'), like('repo:o/n:*:environment:prod'))).toBe(true);
  });

  it('DATA-07: `*` is a character where it is compared exactly', () => {
    expect(meets(literalSubject('repo:o/n:x'), equals('repo:o/*'))).toBe(false);
    expect(meets(literalSubject('repo:o/*'), equals('repo:o/*'))).toBe(true);
    expect(meets(literalSubject('a*b'), like('a${*}b'))).toBe(true);
    expect(meets(literalSubject('axb'), like('a${*}b'))).toBe(false);
    expect(meets(literalSubject('a?b$'), like('a${?}b${$}'))).toBe(true);
  });

  it('DATA-07: a policy variable could be anything, which is not decidable', () => {
    const variable = equals('repo:${aws:PrincipalTag/org}:x');
    expect(variable.decidable).toBe(false);
    expect(meets(literalSubject('repo:o/n:x'), variable)).toBe(true);
    expect(meets(literalSubject('repo:o/n:y'), variable)).toBe(false);
    expect(like('repo:*').decidable).toBe(true);
    expect(like('open ${ brace').literal).toBe(true);
  });

  it('DATA-07: two patterns meet exactly when one of all short texts matches both', () => {
    const alphabet = ['a', 'b', ':'];
    const texts = [''];
    for (let n = 0; texts[n] !== undefined && (texts[n] as string).length < 6; n += 1)
      for (const letter of alphabet) texts.push(texts[n] + letter);
    const pattern = fc.array(fc.constantFrom('a', 'b', ':', '*', '?'), { maxLength: 5 }).map((parts) => parts.join(''));
    const source = fc.array(fc.constantFrom('a', 'b', ':', '*'), { maxLength: 5 }).map((parts) => parts.join(''));
    // Of two patterns of up to five symbols that meet, some text of at most ten letters matches both.
    fc.assert(
      fc.property(source, pattern, (subject, value) => {
        const left = sourceRegex(subject);
        const right = new RegExp(`^${value.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`);
        const short = texts.some((text) => left.test(text) && right.test(text));
        const found = meets(sourceSubject(subject), like(value));
        // What only longer texts can decide is tried only where it is claimed.
        expect(found).toBe(short || (found && longMatch(left, right, alphabet)));
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });

  it('stays fast on patterns made to be slow', () => {
    const found: boolean[] = [];
    const time = cpuTime(() => {
      found.push(meets(sourceSubject('a'.repeat(2000)), like(`${'a*'.repeat(500)}b`)));
      found.push(meets(sourceSubject('*a'.repeat(500)), like('?*'.repeat(500))));
    });
    expect(found).toEqual([false, true]);
    expect(time).toBeLessThan(1000);
  });
});

function sourceRegex(subject: string): RegExp {
  const whole = subject === '*' || subject.endsWith(':*');
  const parts = (whole ? subject.slice(0, -1) : subject).replaceAll('*', '[^:]*');
  return new RegExp(`^${parts}${whole ? '[^]*' : ''}$`);
}

/** All texts of seven to ten letters, tried only for the few pairs that no shorter one decides. */
function longMatch(left: RegExp, right: RegExp, alphabet: readonly string[]): boolean {
  const grow = (text: string, more: number): boolean =>
    more === 0 ? left.test(text) && right.test(text) : alphabet.some((letter) => grow(text + letter, more - 1));
  return [7, 8, 9, 10].some((length) => grow('', length));
}
