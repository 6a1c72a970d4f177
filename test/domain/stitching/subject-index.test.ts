import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subjectIndex } from '../../../domain/stitching/subject-index.ts';
import { literalSubject, meets, sourceSubject, trustedSubject } from '../../../domain/stitching/subject-pattern.ts';
import { RUNS } from '../fixtures/any-graph.ts';

describe('the index of trusted subjects', () => {
  it('DATA-07: misses no pattern that a subject meets, gives none twice and none of another issuer', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ':', '*', '?'), { maxLength: 5 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.array(fc.record({ text, exact: fc.boolean(), issuer: fc.constantFrom('one', 'two') }), { maxLength: 20 }),
        text,
        (given, wanted) => {
          const trusts = given.map(({ text: value, exact, issuer }, n) => ({
            issuer,
            pattern: trustedSubject(exact ? 'StringEquals' : 'StringLike', value),
            trust: n,
          }));
          const index = subjectIndex(trusts);
          for (const subject of [sourceSubject(wanted), literalSubject(wanted)]) {
            const found = [...index.candidates('one', subject)];
            expect(new Set(found).size).toBe(found.length);
            expect(found.every((n) => trusts[n]?.issuer === 'one')).toBe(true);
            const met = trusts.filter((one) => one.issuer === 'one' && meets(subject, one.pattern)).map((one) => one.trust);
            expect(found).toEqual(expect.arrayContaining(met));
          }
        },
      ),
      { ...RUNS, numRuns: 1000 },
    );
  });

  it('looks at few of ten thousand trusts for each of ten thousand subjects', () => {
    const index = subjectIndex(
      Array.from({ length: 10_000 }, (_, n) => ({
        issuer: 'host',
        pattern: trustedSubject('StringLike', n % 2 === 0 ? `repo:org-${n}/app:ref:refs/heads/main` : `repo:org-${n}/*`),
        trust: n,
      })),
    );
    let looked = 0;
    for (let n = 0; n < 10_000; n += 1) {
      for (const one of index.candidates('host', sourceSubject(`repo:org-${n}/app:ref:refs/heads/${n % 3 === 0 ? '*' : 'main'}`))) {
        expect(one).toBe(n);
        looked += 1;
      }
    }
    expect(looked).toBe(10_000);
  });
});
