/** Any account's export is served and scanned: random accounts, in every form that documents come in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAuthorizationDetails } from '../../../emulators/aws/authorization-details.ts';
import { startAwsEmulator } from '../../../emulators/aws/server.ts';
import { demoWorlds } from '../../../emulators/aws/world.ts';
import { runHere, type RunOutput } from './support.ts';

const ACCOUNT = '700000000001';
const DATE = '2026-01-02T03:04:05+00:00';
const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;

async function scanExport(text: string): Promise<RunOutput> {
  const emulator = await startAwsEmulator({ worlds: [], authorizationDetails: text, nastiness: { pageSize: 5, emptyPages: true } });
  try {
    const [signer] = loadAuthorizationDetails(text).signers;
    if (signer === undefined) throw new Error('no signer');
    return await runHere({ account: loadAuthorizationDetails(text).account, endpoint: emulator.url, key: signer });
  } finally {
    await emulator.close();
  }
}

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll(/[\p{Cc}\p{Cs}\p{Cn}]/gu, '-'));
const words = fc.oneof(
  text,
  fc.constantFrom(
    '*',
    's3:*',
    's3:GetObject',
    'arn:aws:s3:::b/*',
    '123456789012',
    'arn:aws:iam::aws:policy/X',
    '100% <&> "quoted" \'single\'',
    '日本語',
  ),
);
const lists = fc.oneof(words, fc.array(words, { maxLength: 3 }));
const statement = fc.record(
  {
    Sid: text,
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: lists,
    NotAction: lists,
    Resource: lists,
    Principal: fc.oneof(fc.constant('*'), fc.dictionary(fc.constantFrom('AWS', 'Service', 'Federated'), lists)),
    Condition: fc.dictionary(
      fc.constantFrom('StringEquals', 'StringLike', 'ForAllValues:StringLike'),
      fc.dictionary(fc.constantFrom('sts:ExternalId', 'x:sub', 'x:aud'), lists),
    ),
  },
  { requiredKeys: ['Effect'] },
);
const document = fc
  .record({ Version: fc.constant('2012-10-17'), Statement: fc.oneof(statement, fc.array(statement, { maxLength: 3 })) })
  .chain((value) => {
    const json = JSON.stringify(value);
    return fc.constantFrom<unknown>(value, json, encodeURIComponent(json));
  });
const name = fc.uniqueArray(
  fc.string({ unit: fc.constantFrom('a', 'B', '9', '+', '=', ',', '.', '@', '_', '-'), minLength: 1, maxLength: 6 }),
  { maxLength: 4 },
);
const attached = fc.array(
  fc.constantFrom(...['p0', 'p1', 'gone'].map((policy) => ({ PolicyName: policy, PolicyArn: arn(`policy/${policy}`) }))),
  { maxLength: 2 },
);
const inline = fc.array(fc.record({ PolicyName: text, PolicyDocument: document }), { maxLength: 2 });

const exported = fc
  .tuple(name, name, fc.array(document, { maxLength: 2 }), fc.array(document, { minLength: 4, maxLength: 4 }), attached, inline)
  .map(([users, roles, policies, trusts, AttachedManagedPolicies, list]) => ({
    UserDetailList: [...users, 'always'].map((user) => ({
      UserName: user,
      UserId: `AIDA${user}`,
      Path: '/',
      Arn: arn(`user/${user}`),
      CreateDate: DATE,
      AttachedManagedPolicies,
      UserPolicyList: list,
      GroupList: ['staff'],
    })),
    GroupDetailList: [
      {
        GroupName: 'staff',
        GroupId: 'AGPA',
        Path: '/',
        Arn: arn('group/staff'),
        CreateDate: DATE,
        GroupPolicyList: list,
        AttachedManagedPolicies,
      },
    ],
    RoleDetailList: roles.map((role, index) => ({
      RoleName: role,
      RoleId: `AROA${role}`,
      Path: '/',
      Arn: arn(`role/${role}`),
      CreateDate: DATE,
      AssumeRolePolicyDocument: trusts[index % 4],
      RolePolicyList: list,
      AttachedManagedPolicies,
    })),
    Policies: policies.map((Document, index) => ({
      PolicyName: `p${index}`,
      PolicyId: `ANPA${index}`,
      Arn: arn(`policy/p${index}`),
      Path: '/',
      DefaultVersionId: 'v1',
      CreateDate: DATE,
      PolicyVersionList: [{ Document, VersionId: 'v1', IsDefaultVersion: true }],
    })),
  }));

describe('an export', () => {
  it('CONN-02: of a demo account gives the same principals and statements as the account', async () => {
    const [world] = demoWorlds(new Date('2026-09-01T00:00:00Z'));
    const output = await scanExport(JSON.stringify(world?.details));
    expect(Object.values(output.cells).map((cell) => cell.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(output.entities.filter((entity) => entity.subtype === 'iam_role')).toHaveLength(world?.details.RoleDetailList.length ?? 0);
    expect(output.entities.filter((entity) => entity.subtype === 'iam_statement').length).toBeGreaterThan(80);
  });

  it('CONN-02: of any account is scanned without a code error, whatever its documents say and however they are written', async () => {
    await fc.assert(
      fc.asyncProperty(exported, async (details) => {
        const output = await scanExport(JSON.stringify(details));
        const codes = Object.values(output.cells).flatMap((cell) => cell.errors.map((error) => error.code));
        // Attached to a policy that the export does not hold: said, and nothing else.
        expect(codes.filter((code) => code !== 'AWS_POLICY_UNREADABLE')).toEqual([]);
        expect(output.cells['iam']?.status).toBe(codes.length === 0 ? 'succeeded' : 'partial');
        expect(output.entities.filter((entity) => entity.subtype === 'iam_user')).toHaveLength(details.UserDetailList.length);
        expect(output.entities.filter((entity) => entity.subtype === 'iam_role')).toHaveLength(details.RoleDetailList.length);
      }),
      { numRuns: 40 },
    );
  });
});
