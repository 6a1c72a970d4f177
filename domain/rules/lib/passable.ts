/** Whether a complete path can be gone as things stand. What a chain shows is who points at whom; this is what stops it on the way. */
import type { Entity } from '../../graph/types.ts';
import type { RuleContext } from '../types.ts';
import { ownInput, unread } from './coverage.ts';
import { coversAction, decideLeft } from './iam/decide.ts';
import { policiesOf, statementOf } from './iam/statements.ts';
import { AWS_IAM } from './inputs.ts';
import { perContext } from './memo.ts';
import { isEnabled, text } from './state.ts';

export interface Passable {
  readonly decision: 'yes' | 'no' | 'unknown';
  /** Why it is not known. */
  readonly missing?: string;
}

const YES: Passable = { decision: 'yes' };
const NO: Passable = { decision: 'no' };

/** `nodes` in the order of authority. `no` is said only of what was read completely. */
export function passable(context: RuleContext, nodes: readonly Entity[]): Passable {
  const off = nodes.find(isOff);
  if (off === undefined) return lastStep(context, nodes);
  const missing = unread(context, [ownInput(off)], off.source_tenant);
  return missing === undefined ? NO : { decision: 'unknown', missing };
}

export const isSurelyOff = (context: RuleContext, node: Entity): boolean =>
  isOff(node) && unread(context, [ownInput(node)], node.source_tenant) === undefined;

/** Switched off. An account of ServiceNow that cannot sign in may still be what a job runs as. */
const isOff = (node: Entity): boolean => isEnabled(node) === false && !(node.source_system === 'servicenow' && node.type === 'identity');

/** Reading an object, by name or by version (Amazon S3, "Actions defined"). */
const READS = ['s3:GetObject', 's3:GetObjectVersion'] as const;
const cache = perContext(() => new Map<string, Passable>());

/** A bucket is reached through one allowing statement; denies of others and the boundary are the principal's. Bucket policies are not read. */
function lastStep(context: RuleContext, nodes: readonly Entity[]): Passable {
  const [permission, bucket] = nodes.slice(-2);
  if (permission?.subtype !== 'iam_statement' || bucket?.subtype !== 's3_bucket') return YES;
  const principal = nodes.findLast((node) => node.subtype === 'iam_role' || node.subtype === 'iam_user');
  const statement = statementOf(permission);
  if (principal === undefined || statement === undefined) return YES;
  const key = `${principal.id} ${permission.id} ${bucket.id}`;
  const known = cache(context).get(key);
  if (known !== undefined) return known;
  const policies = policiesOf(context, principal);
  const objects = `${text(bucket, 'arn') ?? bucket.native_id}/*`;
  const ways = READS.filter((action) => coversAction(statement, action.toLowerCase())).map((action) =>
    decideLeft(policies, action, objects),
  );
  const decision = ways.includes('yes') ? 'yes' : ways.includes('unknown') ? 'unknown' : ways.length === 0 ? 'yes' : 'no';
  const missing = unread(context, [AWS_IAM], principal.source_tenant);
  const found: Passable =
    decision === 'yes'
      ? YES
      : decision === 'unknown'
        ? { decision, missing: 'the values of policy conditions or a boundary' }
        : missing === undefined
          ? NO
          : { decision: 'unknown', missing };
  cache(context).set(key, found);
  return found;
}
