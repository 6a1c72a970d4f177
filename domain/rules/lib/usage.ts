/** When a principal was last seen at work. Only sources that say it completely count; silence is not idleness. */
import type { Entity } from '../../graph/types.ts';
import type { RuleContext } from '../types.ts';
import { unread } from './coverage.ts';
import { instant } from './dates.ts';
import { AWS_IAM, SERVICENOW_USERS, SERVICENOW_WORKLOADS } from './inputs.ts';

export interface Usage {
  /** `null`: the source says "never, as far back as I remember". `undefined`: it is not known. */
  readonly at: Date | null | undefined;
  readonly missing?: string;
}

export const USAGE_INPUTS = [AWS_IAM, SERVICENOW_USERS, SERVICENOW_WORKLOADS] as const;

/** How long nothing may have happened before authority counts as dormant. */
export const DORMANT_DAYS = 90;

export function lastUse(context: RuleContext, principal: Entity): Usage {
  const inputs = USAGE_INPUTS.filter((input) => input.source_system === principal.source_system);
  if (inputs.length === 0) return { at: undefined, missing: `execution evidence of ${principal.source_system}` };
  const missing = unread(context, inputs, principal.source_tenant);
  if (missing !== undefined) return { at: undefined, missing };
  // A job that runs as an account does not sign in with it.
  if (principal.source_system === 'servicenow' && context.in(principal.id, 'RUNS_AS').length > 0)
    return { at: undefined, missing: 'execution evidence of what runs as it' };
  const times = principal.subtype === 'iam_user' ? userTimes(context, principal) : [instant(principal, 'last_used_at', 'last_login_at')];
  if (times.includes(undefined)) return { at: undefined, missing: 'when it was last used' };
  const dates = times.filter((time): time is Date => time instanceof Date);
  return { at: dates.length === 0 ? null : new Date(Math.max(...dates.map((date) => date.getTime()))) };
}

/** An IAM user works by password or by key. */
function userTimes(context: RuleContext, user: Entity): readonly (Date | null | undefined)[] {
  const keys = context.out(user.id, 'HAS_CREDENTIAL').flatMap((edge) => context.entity(edge.to) ?? []);
  const ofKeys = keys
    .filter((key) => key.subtype === 'iam_access_key')
    .map((key) => (key.props['last_used_known'] === false ? undefined : instant(key, 'last_used_at')));
  return [instant(user, 'password_last_used_at'), ...ofKeys];
}
