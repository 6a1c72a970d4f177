import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../domain/canonical.ts';
import type { OidcTrust } from '../../../domain/stitching/keys.ts';
import { decideTrust, readTrust, type TrustDecision } from '../../../domain/stitching/oidc-trust.ts';
import { sourceSubject } from '../../../domain/stitching/subject-pattern.ts';

type Condition = OidcTrust['subjects'][number];
const equals = (value: string): Condition => ({ op: 'StringEquals', value });
const like = (value: string): Condition => ({ op: 'StringLike', value });

function decide(subject: string, trust: Partial<OidcTrust>): TrustDecision | 'none' | 'unreadable' {
  const read = readTrust(canonicalJson({ issuer: 'host', subjects: [], audiences: [], other_conditions: false, ...trust }));
  return typeof read === 'string' ? read : decideTrust(sourceSubject(subject), read);
}

describe('what an AWS trust says of a token', () => {
  it('DATA-07: one value of an operator is enough', () => {
    expect(decide('b', { subjects: [equals('a'), equals('b')] })).toBe('yes');
    expect(decide('c', { subjects: [equals('a'), equals('b')] })).toBe('no');
    expect(decide('bx', { subjects: [like('a*'), like('b*')] })).toBe('yes');
  });

  it('DATA-07: two operators have to hold of the same token', () => {
    expect(decide('repo:*', { subjects: [equals('repo:a'), equals('repo:b'), like('*b')] })).toBe('yes');
    expect(decide('repo:a', { subjects: [equals('repo:a'), equals('repo:b'), like('*b')] })).toBe('no');
    expect(decide('repo:*', { subjects: [equals('repo:a'), like('*b')] })).toBe('no');
  });

  it('DATA-07: a condition that is not decided here leaves a possible match unknown, and an impossible one impossible', () => {
    expect(decide('a', { subjects: [equals('a')], other_conditions: true })).toBe('unknown');
    expect(decide('b', { subjects: [equals('a')], other_conditions: true })).toBe('no');
    expect(decide('repo:o:x', { subjects: [like('repo:${aws:SourceAccount}:x')] })).toBe('unknown');
  });

  it('DATA-07: a trust without a subject is no join but a finding', () => {
    expect(decide('a', { subjects: [], audiences: [equals('sts.amazonaws.com')] })).toBe('none');
  });

  it('DATA-07: a workflow may ask for any audience, so only conditions that contradict each other exclude it', () => {
    expect(decide('a', { subjects: [equals('a')], audiences: [] })).toBe('yes');
    expect(decide('a', { subjects: [equals('a')], audiences: [equals('whatever')] })).toBe('yes');
    expect(decide('a', { subjects: [equals('a')], audiences: [equals('one'), like('o?e')] })).toBe('yes');
    expect(decide('a', { subjects: [equals('a')], audiences: [equals('one'), like('two*')] })).toBe('none');
  });

  it.each([
    'no json',
    '[]',
    'null',
    '{}',
    canonicalJson({ issuer: 'host', subjects: 'repo', audiences: [], other_conditions: false }),
    canonicalJson({ issuer: 'host', subjects: [null], audiences: [], other_conditions: false }),
    canonicalJson({ issuer: 'host', subjects: [{ op: 'StringNotLike', value: 'a' }], audiences: [], other_conditions: false }),
    canonicalJson({ issuer: 'host', subjects: [], audiences: [], other_conditions: 'no' }),
    canonicalJson({ issuer: 'host', subjects: [equals('a'.repeat(20_000))], audiences: [], other_conditions: false }),
  ])('DATA-07: what is not a trust is unreadable, never a guess', (value) => {
    expect(readTrust(value)).toBe('unreadable');
  });
});
