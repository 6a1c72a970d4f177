import { describe, expect, it } from 'vitest';
import { convertTrust } from '../../../connectors/aws/converters/trust.ts';
import { parsePolicyDocument } from '../../../connectors/aws/policy/document.ts';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/target`;
const known = {
  roles: new Set([`arn:aws:iam::${ACCOUNT}:role/app`]),
  users: new Set([`arn:aws:iam::${ACCOUNT}:user/ada`]),
  complete: true,
  samlProviders: new Set([`arn:aws:iam::${ACCOUNT}:saml-provider/sso`]),
};
const trust = (...statements: object[]) =>
  convertTrust({ roleArn: ROLE, account: ACCOUNT, known }, parsePolicyDocument({ Statement: statements }) ?? []);
const assume = (principal: unknown, condition?: object): object => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 'sts:AssumeRole',
  ...(condition === undefined ? {} : { Condition: condition }),
});

describe('who may act as a role', () => {
  it.each([
    ['210987654321', 'account', true, '210987654321'],
    ['arn:aws:iam::210987654321:root', 'account', true, '210987654321'],
    ['arn:aws:iam::210987654321:role/x', 'role', true, '210987654321'],
    ['arn:aws:iam::210987654321:user/x', 'user', true, '210987654321'],
    ['arn:aws:sts::210987654321:assumed-role/x/y', 'session', true, '210987654321'],
    [`arn:aws:iam::${ACCOUNT}:root`, 'account', false, ACCOUNT],
    [ACCOUNT, 'account', false, ACCOUNT],
    [`arn:aws:iam::${ACCOUNT}:role/app`, 'role', false, ACCOUNT],
    [`arn:aws:iam::${ACCOUNT}:role/gone`, 'role', false, ACCOUNT],
    ['AIDAIOSFODNN7EXAMPLE', 'unknown_id', false, null],
    ['*', 'any', true, null],
  ])('%s is %s, external: %s', (principal, kind, external, account) => {
    const { edges } = trust(assume({ AWS: principal }));
    expect(edges).toHaveLength(1);
    expect(edges[0]).toMatchObject({ type: 'TRUSTS', props: { principal, principal_kind: kind, external, principal_account: account } });
  });

  it('points at a listed role or user of the account itself, and at a stand-in for one that is not listed', () => {
    expect(trust(assume({ AWS: `arn:aws:iam::${ACCOUNT}:role/app` }))).toMatchObject({ entities: [], edges: [{ to: { type: 'role' } }] });
    expect(trust(assume({ AWS: `arn:aws:iam::${ACCOUNT}:user/ada` }))).toMatchObject({
      entities: [],
      edges: [{ to: { type: 'identity' } }],
    });
    expect(trust(assume({ AWS: `arn:aws:iam::${ACCOUNT}:role/gone` })).entities).toMatchObject([{ subtype: 'aws_principal' }]);
  });

  it('DATA-03: makes no stand-in of what may be on a page that was not read: it would be written over what is known of it', () => {
    const partly = (principal: object, Action = 'sts:AssumeRole') => {
      const statements = parsePolicyDocument({ Statement: { ...assume(principal), Action } }) ?? [];
      return convertTrust({ roleArn: ROLE, account: ACCOUNT, known: { ...known, complete: false, samlProviders: null } }, statements);
    };
    const [user, role, saml] = [
      `arn:aws:iam::${ACCOUNT}:user/unseen`,
      `arn:aws:iam::${ACCOUNT}:role/unseen`,
      `arn:aws:iam::${ACCOUNT}:saml-provider/x`,
    ];
    expect(partly({ AWS: user })).toMatchObject({ entities: [], edges: [{ to: { type: 'identity', native_id: user } }] });
    expect(partly({ AWS: role })).toMatchObject({ entities: [], edges: [{ to: { type: 'role', native_id: role } }] });
    expect(partly({ Federated: saml }, 'sts:AssumeRoleWithSAML').entities).toMatchObject([
      { subtype: 'saml_provider', props: { arn: saml } },
    ]);
    expect(JSON.stringify(partly({ Federated: saml }, 'sts:AssumeRoleWithSAML'))).not.toContain('listed');
    expect(partly({ AWS: '*' }).entities).toHaveLength(1);
  });

  it('names another account as itself, so that two accounts that trust it meet in one entity', () => {
    const { entities, edges } = trust(assume({ AWS: ['arn:aws:iam::210987654321:role/x', '210987654321'] }));
    expect(new Set(entities.map((entity) => JSON.stringify(entity))).size).toBe(1);
    expect(entities[0]).toMatchObject({
      subtype: 'aws_account',
      source_tenant: '210987654321',
      native_id: 'arn:aws:iam::210987654321:root',
    });
    expect(edges).toHaveLength(2);
    expect(new Set(edges.map((edge) => edge.qualifier)).size).toBe(2);
  });

  it.each([
    [{ StringEquals: { 'sts:ExternalId': 'CANARY-x' } }, true],
    [{ StringEquals: { 'STS:ExternalID': ['CANARY-x', 'CANARY-y'] } }, true],
    [{ StringLike: { 'sts:ExternalId': 'CANARY-*' } }, true],
    [{ StringEqualsIgnoreCase: { 'sts:ExternalId': 'CANARY-x' } }, true],
    [{ StringLike: { 'sts:ExternalId': '*' } }, false],
    [{ StringLike: { 'sts:ExternalId': '?*' } }, false],
    [{ StringEqualsIfExists: { 'sts:ExternalId': 'CANARY-x' } }, false],
    [{ 'ForAllValues:StringEquals': { 'sts:ExternalId': 'CANARY-x' } }, false],
    [{ StringNotEquals: { 'sts:ExternalId': 'CANARY-x' } }, false],
    [{ Null: { 'sts:ExternalId': 'false' } }, false],
    [{ StringEquals: { 'aws:PrincipalOrgID': 'o-x' } }, false],
    [undefined, false],
  ])('DATA-09: %j demands an ExternalId: %s, and its value stays out', (condition, demanded) => {
    const converted = trust(assume({ AWS: '210987654321' }, condition));
    expect(converted.edges[0]?.props['has_external_id_condition']).toBe(demanded);
    expect(JSON.stringify(converted)).not.toContain('CANARY');
  });

  it.each([
    [{ StringEquals: { 'aws:PrincipalOrgID': 'o-northwind1' } }, true],
    [{ StringEquals: { 'AWS:principalorgid': ['o-northwind1', 'o-northwind2'] } }, true],
    [{ StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } }, true],
    [{ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-northwind1/r-ab12/ou-ab12-1*' } }, true],
    [{ StringNotEquals: { 'aws:PrincipalOrgID': 'o-northwind1' } }, false],
    [{ StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-northwind1' } }, false],
    [{ 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-northwind1/*' } }, false],
    [{ StringLike: { 'aws:PrincipalOrgID': 'o-*' } }, false],
    [{ StringLike: { 'aws:PrincipalOrgID': ['o-northwind1', '*'] } }, false],
    [{ Null: { 'aws:PrincipalOrgID': 'false' } }, false],
    [undefined, false],
  ])('DATA-04: %j keeps other organizations out: %s', (condition, demanded) => {
    const { edges } = trust(assume({ AWS: '*' }, condition));
    expect(edges[0]?.props['has_organization_condition']).toBe(demanded);
  });

  it('takes NotPrincipal for what it is: everyone but the named', () => {
    const { edges } = trust({ Effect: 'Allow', NotPrincipal: { AWS: '210987654321' }, Action: 'sts:AssumeRole' });
    expect(edges[0]?.props).toMatchObject({ principal_kind: 'any', external: true });
  });

  it('knows services and SAML providers, and what a statement is not for', () => {
    const statements = [
      assume({ Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] }),
      { Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/sso` }, Action: 'sts:AssumeRoleWithSAML' },
      { Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/gone` }, Action: 'sts:*' },
      { Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/issuer.example` }, Action: 'sts:TagSession' },
      { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:TagSession' },
    ];
    const { entities, edges } = trust(...statements);
    expect(edges.map((edge) => edge.props['principal'])).toEqual([
      'edgelambda.amazonaws.com',
      'lambda.amazonaws.com',
      `arn:aws:iam::${ACCOUNT}:saml-provider/sso`,
      `arn:aws:iam::${ACCOUNT}:saml-provider/gone`,
    ]);
    expect(entities.filter((entity) => entity.subtype === 'saml_provider')).toMatchObject([{ props: { listed: false } }]);
  });

  it('makes no edge of a Deny, and says on the others that there is one', () => {
    const { edges } = trust(assume({ AWS: '210987654321' }), { ...assume({ AWS: '*' }), Effect: 'Deny' });
    expect(edges).toHaveLength(1);
    expect(edges[0]?.props['narrowed_by_deny']).toBe(true);
  });
});
