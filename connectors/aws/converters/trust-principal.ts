/** What a trusted AWS principal is in the graph: a listed role or user, another account, or a stand-in. */
import type { EntityRef } from '../../../domain/graph/types.ts';
import type { EmittedEntity } from '../../sdk/types.ts';
import { identity, identityRef, parseArn, roleRef } from './refs.ts';
import type { TrustFacts } from './trust.ts';

export interface AwsPrincipal {
  readonly ref: EntityRef;
  readonly kind: 'any' | 'account' | 'role' | 'user' | 'session' | 'unknown_id';
  /** Twelve digits, or null when the principal does not say (`*`, the id of a principal that was deleted). */
  readonly account: string | null;
  /** What the edge ends at when nothing that was listed is it. */
  readonly standIn: EmittedEntity | null;
}

export function awsPrincipal(facts: TrustFacts, principal: string): AwsPrincipal {
  if (principal === '*') {
    const standIn = identity('aws_principal', '*', 'any AWS principal', { kind: 'any' });
    return { ref: identityRef('*'), kind: 'any', account: null, standIn };
  }
  const arn = parseArn(principal);
  const account = /^\d{12}$/.test(principal) ? principal : (arn?.account ?? '');
  if (!/^\d{12}$/.test(account)) {
    // What IAM shows for a principal that was deleted after it was trusted (AIDA…, AROA…).
    const standIn = identity('aws_principal', principal, principal, { kind: 'unknown_id' });
    return { ref: identityRef(principal), kind: 'unknown_id', account: null, standIn };
  }
  const resource = arn?.resource ?? 'root';
  const kind = principalKind(arn?.service ?? 'iam', resource);
  if (account === facts.account && kind !== 'account') return ownPrincipal(facts, principal, kind, resource);
  // A principal of another account is that account's to make: the account is what is trusted, the edge keeps the principal.
  const native_id = `arn:${arn?.partition ?? parseArn(facts.roleArn)?.partition ?? 'aws'}:iam::${account}:root`;
  const standIn = { ...identity('aws_account', native_id, `AWS account ${account}`, { account_id: account }), source_tenant: account };
  return { ref: { ...identityRef(native_id), source_tenant: account }, kind, account, standIn };
}

function ownPrincipal(facts: TrustFacts, principal: string, kind: AwsPrincipal['kind'], resource: string): AwsPrincipal {
  const { account, known } = facts;
  if (known.roles.has(principal)) return { ref: roleRef(principal), kind, account, standIn: null };
  if (known.users.has(principal)) return { ref: identityRef(principal), kind, account, standIn: null };
  if (!known.complete && kind === 'role') return { ref: roleRef(principal), kind, account, standIn: null };
  if (!known.complete && kind === 'user') return { ref: identityRef(principal), kind, account, standIn: null };
  const standIn = identity('aws_principal', principal, resource, { kind, account_id: account });
  return { ref: identityRef(principal), kind, account, standIn };
}

function principalKind(service: string, resource: string): AwsPrincipal['kind'] {
  if (service === 'sts') return 'session';
  if (resource.startsWith('role/')) return 'role';
  return resource.startsWith('user/') ? 'user' : 'account';
}
