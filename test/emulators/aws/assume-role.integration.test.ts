/** `AssumeRole` decides by the trust policy, ExternalId included: what negative probes of a binding rest on (CRED-19). */
import { ListUsersCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, type AssumeRoleCommandInput, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningAwsEmulator, startAwsEmulator } from '../../../emulators/aws/server.ts';
import type { World } from '../../../emulators/aws/types.ts';
import { DEMO_AWS_EXTERNAL_IDS, DEMO_AWS_KEYS, PLATFORM_ACCOUNT, readerRole } from '../../../emulators/aws/world.ts';
import { document, type StatementInput, WorldBuilder } from '../../../emulators/aws/world/builder.ts';
import { CONTOSO, NORTHWIND } from '../../../emulators/story.ts';
import { clients, type Key } from './support.ts';

const ACCOUNT = NORTHWIND.aws.account;
const ROLE = readerRole(ACCOUNT);
const PLATFORM = DEMO_AWS_KEYS[PLATFORM_ACCOUNT];
const ExternalId = DEMO_AWS_EXTERNAL_IDS[ACCOUNT];
let aws: RunningAwsEmulator;
let now = Date.parse('2026-09-01T00:00:00Z');
beforeEach(async () => {
  now = Date.parse('2026-09-01T00:00:00Z');
  aws = await startAwsEmulator({ now: new Date(now), clock: () => now });
});
afterEach(() => aws.close());

async function assume(input: Partial<AssumeRoleCommandInput> = {}, key: Key = PLATFORM, url = aws.url): Promise<Key> {
  const { Credentials } = await clients(url, key).sts.send(
    new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'scan', ExternalId, ...input }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}
const refusal = expect.objectContaining({ name: 'AccessDenied' });

describe('AssumeRole across accounts', () => {
  it('CRED-18: gives a session that reads the customer’s account as the role', async () => {
    const { iam, sts } = clients(aws.url, await assume());
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/sv0-reader/scan`,
    });
    expect((await iam.send(new ListUsersCommand({}))).Users?.length).toBeGreaterThan(30);
    expect(aws.counters['sessions_issued']).toBe(1);
  });

  it.each([
    ['no ExternalId', { ExternalId: undefined }],
    ['a wrong ExternalId', { ExternalId: `${ExternalId}x` }],
    ['another customer’s ExternalId', { ExternalId: DEMO_AWS_EXTERNAL_IDS[CONTOSO.aws.account] }],
    ['a role that is not there', { RoleArn: `arn:aws:iam::${ACCOUNT}:role/none` }],
    ['an account that is not there', { RoleArn: 'arn:aws:iam::000000000000:role/sv0-reader' }],
    ['a role that trusts others', { RoleArn: NORTHWIND.aws.deployRole }],
    ['a role that trusts its own account', { RoleArn: `arn:aws:iam::${ACCOUNT}:role/dormant-admin` }],
  ])('CRED-19: refuses %s', async (_, input) => {
    await expect(assume(input as Partial<AssumeRoleCommandInput>)).rejects.toEqual(refusal);
    expect(aws.counters).toMatchObject({ assume_role_refused: 1 });
    expect(aws.counters['sessions_issued']).toBeUndefined();
  });

  it('refuses a caller of another account than the one that is trusted', async () => {
    await expect(assume({}, DEMO_AWS_KEYS[CONTOSO.aws.account])).rejects.toEqual(refusal);
  });

  it('ends the session when its time is over, and takes only its own token', async () => {
    const session = await assume({ DurationSeconds: 900 });
    await expect(clients(aws.url, { ...session, sessionToken: 'x' }).iam.send(new ListUsersCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    now += 899_000;
    await expect(clients(aws.url, session).iam.send(new ListUsersCommand({}))).resolves.toBeDefined();
    now += 2_000;
    await expect(clients(aws.url, session).iam.send(new ListUsersCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  it('narrows the session by a session policy', async () => {
    const Policy = JSON.stringify(document({ Effect: 'Allow', Action: 'iam:List*', Resource: '*' }));
    const { iam, s3 } = clients(aws.url, await assume({ Policy }));
    await expect(iam.send(new ListUsersCommand({}))).resolves.toBeDefined();
    await expect(s3.send(new ListBucketsCommand({}))).rejects.toEqual(refusal);
    expect(aws.counters['session_policies']).toBe(1);
  });

  it.each([{ DurationSeconds: 60 }, { RoleSessionName: 'with space' }, { ExternalId: 'x' }])('refuses the form of %j', async (input) => {
    await expect(assume(input)).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('trust policies', () => {
  const CALLER = '600000000001';
  const TARGET = '600000000002';
  const signer = (account: string, user: string) => ({
    accessKeyId: `AKIATEST${account}`,
    secretAccessKey: 'test',
    principalArn: `arn:aws:iam::${account}:user/${user}`,
  });
  const target = `arn:aws:iam::${TARGET}:role/target`;

  function worlds(trust: StatementInput[], own: StatementInput[]): World[] {
    const caller = new WorldBuilder(CALLER, new Date(now))
      .user('app', { inline: { own: document(...own) } })
      .build([signer(CALLER, 'app')]);
    const role = new WorldBuilder(TARGET, new Date(now))
      .role('target', document(...trust))
      .user('local', {})
      .build([signer(TARGET, 'local')]);
    return [caller, role];
  }
  async function decide(
    trust: StatementInput[],
    options: { readonly own?: StatementInput[]; readonly externalId?: string; readonly local?: boolean } = {},
  ): Promise<boolean> {
    const own = options.own ?? [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }];
    const emulator = await startAwsEmulator({ worlds: worlds(trust, own) });
    const key = options.local === true ? signer(TARGET, 'local') : signer(CALLER, 'app');
    const refused = await assume({ RoleArn: target, ExternalId: options.externalId }, key, emulator.url).then(
      () => null,
      (error: unknown) => error,
    );
    await emulator.close();
    expect([null, refusal]).toContainEqual(refused);
    return refused === null;
  }
  const trusts = (AWS: unknown, Condition?: object): StatementInput => ({
    Effect: 'Allow',
    Principal: { AWS },
    Action: 'sts:AssumeRole',
    ...(Condition === undefined ? {} : { Condition }),
  });
  const externally = (operator: string, value: unknown = 'secret-id') => trusts(CALLER, { [operator]: { 'sts:ExternalId': value } });

  it.each([
    ['the account', [trusts(CALLER)], {}, true],
    ['the account’s root', [trusts(`arn:aws:iam::${CALLER}:root`)], {}, true],
    ['the user itself', [trusts([`arn:aws:iam::${CALLER}:user/app`])], {}, true],
    ['another user', [trusts(`arn:aws:iam::${CALLER}:user/other`)], {}, false],
    ['everyone', [trusts('*')], {}, true],
    ['the account, while the caller’s own policies say nothing', [trusts(CALLER)], { own: [] }, false],
    [
      'the account, while the caller’s own policies deny',
      [trusts(CALLER)],
      {
        own: [
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: 'sts:*', Resource: target },
        ],
      },
      false,
    ],
    ['the account, with a deny beside it', [trusts(CALLER), { ...trusts('*'), Effect: 'Deny' }], {}, false],
    ['another action', [{ ...trusts(CALLER), Action: 'sts:TagSession' }], {}, false],
    ['who sends the ExternalId', [externally('StringEquals')], { externalId: 'secret-id' }, true],
    ['who sends one of two', [externally('StringEquals', ['other', 'secret-id'])], { externalId: 'secret-id' }, true],
    ['who sends it, and it is not sent', [externally('StringEquals')], {}, false],
    ['who sends one like it', [externally('StringLike', 'secret-*')], { externalId: 'secret-id' }, true],
    ['who sends one unlike it', [externally('StringLike', 'secret-?')], { externalId: 'secret-id' }, false],
    ['who sends it or none, and none is sent', [externally('StringEqualsIfExists')], {}, true],
    ['who sends it or none, and another is sent', [externally('StringEqualsIfExists')], { externalId: 'other' }, false],
    ['who does not send it', [externally('StringNotEquals')], { externalId: 'other' }, true],
    ['by an operator that nobody knows', [externally('StringRhymesWith')], { externalId: 'secret-id' }, false],
    ['who sends any', [trusts(CALLER, { Null: { 'sts:ExternalId': 'false' } })], { externalId: 'any' }, true],
    ['its own user by name, who needs no policy then', [trusts(`arn:aws:iam::${TARGET}:user/local`)], { local: true }, true],
    ['its own account, whose user has no policy', [trusts(TARGET)], { local: true }, false],
  ] as const)('lets in %s', async (_, trust, options, expected) => {
    expect(await decide([...trust], options as never)).toBe(expected);
  });
});
