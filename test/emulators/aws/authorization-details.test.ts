import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../domain/errors.ts';
import { loadAuthorizationDetails } from '../../../emulators/aws/authorization-details.ts';
import { demoWorlds } from '../../../emulators/aws/world.ts';

const ACCOUNT = '700000000001';
const DATE = '2026-01-02T03:04:05+00:00';
const ROLE = { Path: '/', RoleName: 'app', RoleId: 'AROA1', Arn: `arn:aws:iam::${ACCOUNT}:role/app`, CreateDate: DATE };
const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
function attempt(text: string): unknown {
  try {
    return loadAuthorizationDetails(text);
  } catch (error) {
    return error;
  }
}
const load = (details: object) => loadAuthorizationDetails(JSON.stringify(details));

describe('an account’s export', () => {
  it('takes documents as objects, as JSON and URL-encoded, and makes one form of them', () => {
    const text = JSON.stringify(TRUST);
    for (const document of [TRUST, text, ` ${text} `, encodeURIComponent(text)]) {
      const world = load({ RoleDetailList: [{ ...ROLE, AssumeRolePolicyDocument: document }] });
      expect(world.details.RoleDetailList[0]?.AssumeRolePolicyDocument).toEqual(TRUST);
      expect(world.account).toBe(ACCOUNT);
    }
  });

  it('gives back any account that was printed, whatever is left out', () => {
    for (const world of demoWorlds(new Date('2026-09-01T00:00:00Z')).slice(0, 2)) {
      const loaded = load(world.details);
      expect(loaded.account).toBe(world.account);
      const names = (details: typeof world.details): string[] =>
        [...details.UserDetailList, ...details.GroupDetailList, ...details.RoleDetailList, ...details.Policies].map((one) => one.Arn);
      expect(names(loaded.details)).toEqual(names(world.details));
      expect(loaded.details.RoleDetailList.map((role) => role.AssumeRolePolicyDocument)).toEqual(
        world.details.RoleDetailList.map((role) => role.AssumeRolePolicyDocument),
      );
    }
    expect(
      load({ RoleDetailList: [{ ...ROLE, AssumeRolePolicyDocument: TRUST }], Marker: 'x', IsTruncated: false }).details.UserDetailList,
    ).toEqual([]);
  });

  it.each([
    ['not JSON', 'CANARY {', '$'],
    ['a list', '["CANARY"]', '$'],
    ['nothing of an account', '{}', 'Arn'],
    [
      'two accounts',
      JSON.stringify({
        RoleDetailList: [
          { ...ROLE, AssumeRolePolicyDocument: TRUST },
          { ...ROLE, Arn: 'arn:aws:iam::700000000002:role/x', AssumeRolePolicyDocument: TRUST },
        ],
      }),
      'Arn',
    ],
    [
      'a broken document',
      JSON.stringify({ RoleDetailList: [{ ...ROLE, AssumeRolePolicyDocument: 'CANARY' }] }),
      'RoleDetailList.0.AssumeRolePolicyDocument',
    ],
    [
      'a missing name',
      JSON.stringify({ RoleDetailList: [{ ...ROLE, RoleName: undefined, AssumeRolePolicyDocument: TRUST }] }),
      'RoleDetailList.0.RoleName',
    ],
    [
      'a date that is none',
      JSON.stringify({
        UserDetailList: [{ Path: '/', UserName: 'u', UserId: 'AIDA', Arn: `arn:aws:iam::${ACCOUNT}:user/u`, CreateDate: 'CANARY' }],
      }),
      'UserDetailList.0.CreateDate',
    ],
  ])('refuses %s with the field and never the value', (_, text, field) => {
    const refusal = attempt(text);
    expect(refusal).toMatchObject({ name: 'InvalidInputError', code: 'INVALID_AUTHORIZATION_DETAILS', field });
    expect(`${String(refusal)} ${JSON.stringify(refusal)}`).not.toContain('CANARY');
  });

  it('throws that error and no other, whatever it is given', () => {
    const lists = fc.record({ RoleDetailList: fc.jsonValue(), UserDetailList: fc.jsonValue() }).map((value) => JSON.stringify(value));
    const refused = fc.property(fc.oneof(fc.string(), fc.json(), lists), (text) => attempt(text) instanceof InvalidInputError);
    expect(fc.check(refused).counterexample).toBeNull();
  });
});
