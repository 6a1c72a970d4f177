/**
 * What a trust statement asks of an OIDC token. Operators of one statement are ANDed and values of one condition are ORed
 * (IAM User Guide, "Conditions with multiple context keys or values"); what does not fit `OidcTrust` sets `other_conditions`.
 */
import type { OidcTrust } from '../../../domain/stitching/keys.ts';
import { order, type PolicyStatement } from '../policy/document.ts';

type Claim = OidcTrust['subjects'][number];

/** `issuer` as the provider's ARN has it after `oidc-provider/`, or the bare host of the providers that are built into AWS. */
export function oidcTrust(issuer: string, statement: PolicyStatement, narrowed: boolean): OidcTrust {
  const subject = readClaim(statement, issuer, 'sub');
  const audience = readClaim(statement, issuer, 'aud');
  const decided = new Set([...subject.used, ...audience.used]);
  return {
    issuer,
    subjects: subject.claims,
    audiences: audience.claims,
    other_conditions:
      narrowed || subject.undecided || audience.undecided || statement.conditions.some((condition) => !decided.has(condition)),
  };
}

interface ReadClaim {
  readonly claims: readonly Claim[];
  /** True when the claims above say less than the statement does. */
  readonly undecided: boolean;
  readonly used: readonly PolicyStatement['conditions'][number][];
}

function readClaim(statement: PolicyStatement, issuer: string, claim: 'sub' | 'aud'): ReadClaim {
  const key = conditionKey(issuer, claim);
  const used = statement.conditions.filter((condition) => normalizeKey(condition.key) === key && positive(condition.operator) !== null);
  const claims = used.flatMap((condition) =>
    condition.values.map((value) => ({ op: positive(condition.operator) ?? 'StringEquals', value })),
  );
  const distinct = new Map(claims.map((claim) => [`${claim.op} ${claim.value}`, claim]));
  // One condition per operator fits: `OidcTrust` reads values of one operator as OR and the two operators as AND.
  const plain = used.every(({ operator }) => PLAIN.test(operator));
  const doubled = new Set(used.map((condition) => positive(condition.operator))).size < used.length;
  return {
    claims: [...distinct].sort(([a], [b]) => order(a, b)).map(([, value]) => value),
    undecided: doubled || !plain || claims.some((claim) => claim.value.includes('${')),
    used,
  };
}

/** A token always has one `sub` and one `aud`, so that a set prefix and `…IfExists` take nothing away and add nothing. */
const PLAIN = /^(?:For(?:Any|All)Values?:)?String(?:Equals|Like)(?:IfExists)?$/i;

/** The operator that a positive test of a string comes down to. */
function positive(operator: string): 'StringEquals' | 'StringLike' | null {
  const bare = operator
    .replace(/^(?:ForAnyValue|ForAllValues):/i, '')
    .replace(/IfExists$/i, '')
    .toLowerCase();
  if (bare === 'stringequals' || bare === 'stringequalsignorecase') return 'StringEquals';
  return bare === 'stringlike' || bare === 'arnlike' ? 'StringLike' : null;
}

const conditionKey = (issuer: string, claim: string): string => `${normalizeIssuer(issuer)}:${claim}`;

function normalizeKey(key: string): string {
  const at = key.lastIndexOf(':');
  return `${normalizeIssuer(key.slice(0, at))}:${key.slice(at + 1).toLowerCase()}`;
}

/** Condition keys are compared without case, and people leave the trailing slash of an issuer out. */
const normalizeIssuer = (issuer: string): string => issuer.toLowerCase().replace(/\/$/, '');
