import { graphEntity } from '../../../domain/graph/schema.ts';
import { decideTrust, readTrust } from '../../../domain/stitching/oidc-trust.ts';
import { sourceSubject } from '../../../domain/stitching/subject-pattern.ts';
import { describe, expect, it } from 'vitest';
import { oidcTrust } from '../../../connectors/aws/converters/oidc-trust.ts';
import { convertTrust } from '../../../connectors/aws/converters/trust.ts';
import { parsePolicyDocument } from '../../../connectors/aws/policy/document.ts';
import { canonicalJson } from '../../../domain/canonical.ts';

const GITHUB = 'token.actions.githubusercontent.com';
const ENTRA = 'sts.windows.net/0b7c3f52-5a0e-4c55-9d8b-6f6a3f1f0a11/';
const read = (issuer: string, condition?: object, narrowed = false) => {
  const [statement] =
    parsePolicyDocument({
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', ...(condition === undefined ? {} : { Condition: condition }) },
    }) ?? [];
  if (statement === undefined) throw new Error('no statement');
  return oidcTrust(issuer, statement, narrowed);
};

describe('what a trust asks of an OIDC token', () => {
  it('reads exact and pattern values of subject and audience', () => {
    const trust = read(GITHUB, {
      StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' },
      StringLike: { [`${GITHUB}:sub`]: ['repo:o/b:*', 'repo:o/a:*'] },
    });
    expect(trust).toEqual({
      issuer: GITHUB,
      subjects: [
        { op: 'StringLike', value: 'repo:o/a:*' },
        { op: 'StringLike', value: 'repo:o/b:*' },
      ],
      audiences: [{ op: 'StringEquals', value: 'sts.amazonaws.com' }],
      other_conditions: false,
    });
  });

  it('finds keys without case, and with or without the trailing slash of an issuer', () => {
    for (const key of [`${ENTRA}:sub`, `${ENTRA.slice(0, -1)}:sub`, `${ENTRA.toUpperCase()}:SUB`]) {
      expect(read(ENTRA, { StringEquals: { [key]: 'object-id' } })).toEqual({
        issuer: ENTRA,
        subjects: [{ op: 'StringEquals', value: 'object-id' }],
        audiences: [],
        other_conditions: false,
      });
    }
    expect(read(ENTRA, { StringEquals: { [`${GITHUB}:sub`]: 'x' } })).toMatchObject({ subjects: [], other_conditions: true });
  });

  it('is empty without conditions: the missing subject is a finding', () => {
    expect(read(GITHUB)).toEqual({ issuer: GITHUB, subjects: [], audiences: [], other_conditions: false });
  });

  it('gives both operators on one key, which the reader joins with AND', () => {
    const both = read(GITHUB, { StringEquals: { [`${GITHUB}:sub`]: 'repo:o/a:x' }, StringLike: { [`${GITHUB}:sub`]: 'repo:o/*' } });
    expect(both.subjects).toEqual([
      { op: 'StringEquals', value: 'repo:o/a:x' },
      { op: 'StringLike', value: 'repo:o/*' },
    ]);
    expect(both.other_conditions).toBe(false);
  });

  it.each(['ForAnyValue:StringLike', 'ForAllValues:StringLike', 'StringLikeIfExists', 'ForAllValues:StringLikeIfExists'])(
    'DATA-04: %s asks the same as StringLike of a claim that every token has once',
    (operator) => {
      expect(read(GITHUB, { [operator]: { [`${GITHUB}:sub`]: 'repo:o/*' } })).toEqual({
        issuer: GITHUB,
        subjects: [{ op: 'StringLike', value: 'repo:o/*' }],
        audiences: [],
        other_conditions: false,
      });
    },
  );

  it.each([
    [{ StringEqualsIgnoreCase: { [`${GITHUB}:sub`]: 'repo:o/a:x' } }, ['repo:o/a:x']],
    [{ ArnLike: { [`${GITHUB}:sub`]: 'repo:o/*' } }, ['repo:o/*']],
    [
      { StringLike: { [`${GITHUB}:sub`]: 'repo:o/*' }, 'ForAllValues:StringLike': { [`${GITHUB}:sub`]: 'repo:p/*' } },
      ['repo:o/*', 'repo:p/*'],
    ],
    [{ StringEquals: { [`${GITHUB}:sub`]: 'repo:o/${aws:PrincipalTag/x}' } }, ['repo:o/${aws:PrincipalTag/x}']],
    [{ StringNotEquals: { [`${GITHUB}:sub`]: 'repo:o/a:x' } }, []],
    [{ Null: { [`${GITHUB}:sub`]: 'false' } }, []],
    [{ StringEquals: { [`${GITHUB}:job_workflow_ref`]: 'o/r/.github/workflows/w.yml@main' } }, []],
    [{ StringEquals: { 'aws:SourceIp': '10.0.0.0/8' } }, []],
  ])('says of %j that there is more than it decides', (condition, subjects) => {
    const trust = read(GITHUB, condition);
    expect(trust.other_conditions).toBe(true);
    expect(trust.subjects.map((subject) => subject.value)).toEqual(subjects);
  });

  it('is undecided when the trust policy also denies', () => {
    expect(read(GITHUB, { StringEquals: { [`${GITHUB}:sub`]: 'x' } }, true).other_conditions).toBe(true);
  });

  it('DATA-01, DATA-07: a policy as long as IAM takes it is within what the graph takes, and joins with nothing for sure', () => {
    const provider = `arn:aws:iam::111122223333:oidc-provider/${GITHUB}`;
    const known = { roles: new Set<string>(), users: new Set<string>(), complete: true, samlProviders: new Set<string>() };
    const subs = Array.from({ length: 240 }, (_, n) => `repo:o/n${n}:*`);
    const statement = {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`${GITHUB}:sub`]: subs } },
    };
    expect(JSON.stringify({ Statement: statement }).length).toBeLessThan(4_096);
    const facts = { roleArn: 'arn:aws:iam::111122223333:role/r', account: '111122223333', known };
    const [entity] = convertTrust(facts, parsePolicyDocument({ Statement: [statement] }) ?? []).entities;
    const parsed = graphEntity.safeParse({ ...entity, source_system: 'aws', source_tenant: '111122223333', category: 'iam' });
    expect(parsed.error?.issues).toBeUndefined();
    expect(entity?.props['subjects']).toHaveLength(240);
    const trust = readTrust(entity?.join_keys[0]?.v ?? '');
    if (typeof trust === 'string') throw new Error(trust);
    expect(decideTrust(sourceSubject('repo:o/n7:ref:refs/heads/main'), trust)).toBe('unknown');
  });

  it('is one entity per provider and statement, whose join key is the trust in canonical JSON', () => {
    const provider = `arn:aws:iam::111122223333:oidc-provider/${GITHUB}`;
    const facts = {
      roleArn: 'arn:aws:iam::111122223333:role/r',
      account: '111122223333',
      known: { roles: new Set<string>(), users: new Set<string>(), complete: true, samlProviders: new Set<string>() },
    };
    const statement = {
      Effect: 'Allow',
      Principal: { Federated: [provider, 'accounts.google.com'] },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`${GITHUB}:sub`]: 'repo:o/*' } },
    };
    const { entities, edges } = convertTrust(facts, parsePolicyDocument({ Statement: [statement] }) ?? []);
    expect(entities.map((entity) => entity.subtype)).toEqual(['federated_subject', 'federated_subject']);
    expect(edges.map((edge) => edge.type)).toEqual(['TRUSTS_SUBJECT', 'TRUSTS_SUBJECT']);
    const github = entities.find((entity) => entity.props['issuer'] === GITHUB);
    const expected = { issuer: GITHUB, subjects: [{ op: 'StringLike', value: 'repo:o/*' }], audiences: [], other_conditions: false };
    expect(github?.join_keys).toEqual([{ k: 'oidc_trust', v: canonicalJson(expected) }]);
    expect(github?.props).toMatchObject({
      has_subject_condition: true,
      has_audience_condition: false,
      subjects: ['repo:o/*'],
      subject_operators: ['StringLike'],
    });
  });
});
