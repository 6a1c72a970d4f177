/**
 * `sts:AssumeRole`, decided as AWS decides it: the role's trust policy must let the caller in with its conditions (ExternalId
 * among them, also across accounts), and unless that policy names the caller itself in its own account, the caller's own policies
 * must allow it too (IAM User Guide, "Cross-account policy evaluation logic").
 */
import type { Caller, Callers, IssuedSession } from './callers.ts';
import { decide, identityAllows, type RequestContext, statementsOf } from './policy-evaluation.ts';
import { AwsRefusal } from './refusal.ts';
import type { PolicyDocument, RoleDetail, World } from './types.ts';

export interface AssumedRole {
  readonly Credentials: IssuedSession;
  readonly AssumedRoleUser: { readonly Arn: string; readonly AssumedRoleId: string };
}

export function assumeRole(worlds: readonly World[], callers: Callers, caller: Caller, params: URLSearchParams): AssumedRole {
  const arn = params.get('RoleArn') ?? '';
  const session = params.get('RoleSessionName') ?? '';
  const externalId = params.get('ExternalId');
  const seconds = Number(params.get('DurationSeconds') ?? '3600');
  const wellFormed = /^[\w+=,.@-]{2,64}$/.test(session) && Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200;
  if (!wellFormed || (externalId !== null && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId))) throw new AwsRefusal('ValidationError', 400);
  const world = worlds.find((one) => one.account === arn.split(':')[4]);
  const role = world?.details.RoleDetailList.find((one) => one.Arn === arn);
  // AWS says the same of a role that is not there and of one that does not trust the caller.
  if (world === undefined || role === undefined || !mayAssume(caller, role, contextOf(caller, session, externalId)))
    throw new AwsRefusal('AccessDenied', 403);
  if (seconds > (role.MaxSessionDuration ?? 3_600)) throw new AwsRefusal('ValidationError', 400);
  const sessionArn = `arn:aws:sts::${world.account}:assumed-role/${role.RoleName}/${session}`;
  const assumed = { world, principalArn: role.Arn, arn: sessionArn, sessionPolicy: readSessionPolicy(params.get('Policy')) };
  return { Credentials: callers.issue(assumed, seconds), AssumedRoleUser: { Arn: sessionArn, AssumedRoleId: `${role.RoleId}:${session}` } };
}

function mayAssume(caller: Caller, role: RoleDetail, context: RequestContext): boolean {
  if (caller.principalArn.endsWith(':root')) return false;
  const account = caller.world.account;
  const exact = new Set([caller.principalArn, caller.arn]);
  const whole = new Set([account, `arn:aws:iam::${account}:root`]);
  const trust = statementsOf(role.AssumeRolePolicyDocument);
  const trusts = (accepted: (principal: string) => boolean): ReturnType<typeof decide> =>
    decide(
      trust,
      'sts:AssumeRole',
      context,
      ({ Principal, NotPrincipal }) => NotPrincipal === undefined && principalsOf(Principal).some(accepted),
    );
  if (trusts((principal) => principal === '*' || exact.has(principal) || whole.has(principal)) !== 'allow') return false;
  const sameAccount = account === role.Arn.split(':')[4];
  if (sameAccount && trusts((principal) => exact.has(principal)) === 'allow') return true;
  return identityAllows(caller.world, caller.principalArn, 'sts:AssumeRole', role.Arn, context);
}

function contextOf(caller: Caller, session: string, externalId: string | null): RequestContext {
  const context = { 'aws:principalarn': caller.principalArn, 'aws:principalaccount': caller.world.account, 'sts:rolesessionname': session };
  return externalId === null ? context : { ...context, 'sts:externalid': externalId };
}

function principalsOf(principal: unknown): readonly string[] {
  if (principal === '*') return ['*'];
  if (typeof principal !== 'object' || principal === null || !('AWS' in principal)) return [];
  return (Array.isArray(principal.AWS) ? principal.AWS : [principal.AWS]).map(String);
}

function readSessionPolicy(text: string | null): PolicyDocument | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as PolicyDocument;
  } catch {
    throw new AwsRefusal('MalformedPolicyDocument', 400);
  }
}
