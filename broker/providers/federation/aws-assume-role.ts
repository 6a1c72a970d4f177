/**
 * AWS: `sts:AssumeRole` with the external ID that we made, cut down by a session policy to the reads that the connector declares. The session
 * is the child's; our own keys sign this one request and go nowhere else.
 */
import { randomBytes } from 'node:crypto';
import { AssumeRoleCommand, type AssumeRoleCommandInput, type AssumeRoleCommandOutput, type STSClient } from '@aws-sdk/client-sts';
import type { ConnectorManifest } from '../../../domain/connectors/manifest.ts';
import { manifestNotReadOnly } from '../../../domain/onboarding/problems.ts';
import type { TargetedBinding } from '../../../domain/federation/types.ts';
import { awsReadPolicy } from '../../../domain/onboarding/aws-policy.ts';
import type { ProvidedCredential } from '../../provider.ts';
import { accessRefused, identityRefused, malformed, mismatch, refused, throttled, tooShort, unavailable } from './failures.ts';
import type { FederationMinter, MintRequest } from './minter.ts';

const NAME = 'aws_assume_role';
/** The least and the most that STS gives (API reference, "AssumeRole"). */
const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
/** What a role allows unless its `MaxSessionDuration` says more, and the most where our own identity is a role itself. */
const USUAL_SECONDS = 3_600;
/** From the deadline on the child is being stopped: it needs no longer. */
const MARGIN_SECONDS = 30;
const TIMEOUT_MS = 20_000;
const TRUST = 'a role that trusts our principal with the external ID of this connection';

export interface AwsAssumeRoleDeps {
  /** With our own identity, and `maxAttempts: 1`. */
  readonly sts: Pick<STSClient, 'send'>;
  readonly now: () => Date;
}

export function createAwsAssumeRole({ sts, now }: AwsAssumeRoleDeps): FederationMinter<typeof NAME> {
  const assume = async (input: AssumeRoleCommandInput): Promise<AssumeRoleCommandOutput> => {
    try {
      return await sts.send(new AssumeRoleCommand(input), { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw failureOf(error, input.DurationSeconds ?? USUAL_SECONDS);
    }
  };
  const inputOf = ({ binding, manifest, session, deadline }: MintRequest<typeof NAME>): AssumeRoleCommandInput => ({
    RoleArn: binding.target.role_arn,
    RoleSessionName: session,
    ExternalId: binding.external_id,
    DurationSeconds: secondsUntil(deadline, now()),
    Policy: sessionPolicy(manifest),
  });
  const mint = async (request: MintRequest<typeof NAME>): Promise<ProvidedCredential> =>
    sessionOf(await assume(inputOf(request)), request.binding, request.session);

  return {
    provider: NAME,
    produces: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
    mint,
    questions: (request) => {
      const input = inputOf(request);
      const { ExternalId: _, ...without } = input;
      const remedy = 'a trust policy whose every way in demands sts:ExternalId with this connection’s value (StringEquals)';
      return [
        { name: 'no_external_id', expected: 'refused', remedy, ask: () => assume(without) },
        {
          name: 'wrong_external_id',
          expected: 'refused',
          remedy,
          ask: () => assume({ ...input, ExternalId: `sv0-probe-${randomBytes(24).toString('base64url')}` }),
        },
        { name: 'own_external_id', expected: 'granted', remedy: TRUST, ask: () => mint(request) },
      ];
    },
  };
}

function secondsUntil(deadline: Date | null, now: Date): number {
  if (deadline === null) return MIN_SECONDS;
  const seconds = Math.ceil((deadline.getTime() - now.getTime()) / 1000) + MARGIN_SECONDS;
  if (seconds > MAX_SECONDS) throw tooShort(NAME, `at most ${MAX_SECONDS - MARGIN_SECONDS} seconds`);
  return Math.max(MIN_SECONDS, seconds);
}

function sessionPolicy(manifest: ConnectorManifest): string {
  const policy = awsReadPolicy(manifest);
  if (policy !== null) return JSON.stringify(policy);
  throw manifestNotReadOnly(manifest.kind);
}

function sessionOf({ Credentials, AssumedRoleUser }: AssumeRoleCommandOutput, { target }: TargetedBinding<typeof NAME>, session: string) {
  // `arn:aws:sts::<account>:assumed-role/<name>/<session>`: a role's path is not in it.
  const [, partition, , , account, role = ''] = target.role_arn.split(':');
  const expected = `arn:${partition}:sts::${account}:assumed-role/${role.split('/').at(-1)}/${session}`;
  if (AssumedRoleUser?.Arn !== expected) throw mismatch(NAME, 'a session of the bound role');
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw malformed(NAME, 'a key id, a secret and a session token');
  return {
    variables: { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: SessionToken },
    version: 'session',
    expires_at: Expiration ?? null,
  };
}

const IDENTITY = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'SignatureDoesNotMatch',
  'TokenProviderError',
]);
const THROTTLING = new Set(['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException']);

function failureOf(error: unknown, seconds: number): Error {
  const name = error instanceof Error ? error.name : '';
  const metadata = error instanceof Error && '$metadata' in error ? (error.$metadata as { httpStatusCode?: number }) : {};
  const status = metadata.httpStatusCode ?? null;
  if (name === 'AccessDenied' || name === 'AccessDeniedException' || name === 'RegionDisabledException') return accessRefused(NAME, TRUST);
  if (IDENTITY.has(name)) return identityRefused(NAME);
  if (THROTTLING.has(name) || status === 429) return throttled(NAME);
  // "The requested DurationSeconds exceeds the MaxSessionDuration set for this role", or the hour of a role that assumes a role.
  if (name === 'ValidationError' && seconds > USUAL_SECONDS)
    return tooShort(NAME, `a role with a MaxSessionDuration of ${seconds} seconds, or a budget of less than an hour`, 'customer');
  if (status === null || status >= 500) return unavailable(NAME);
  return refused(NAME);
}
