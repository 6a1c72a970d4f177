/** One entity per OIDC provider and trust statement: the tokens that the role accepts (join rules 4 and 5). */
import { canonicalJson } from '../../../domain/canonical.ts';
import { JOIN_VALUE_LENGTH } from '../../../domain/graph/schema.ts';
import { JOIN_KEYS, type OidcTrust } from '../../../domain/stitching/keys.ts';
import type { Converted } from '../collector.ts';
import { conditionKeys } from '../policy/document.ts';
import { oidcTrust } from './oidc-trust.ts';
import { identityRef, roleRef } from './refs.ts';
import type { TrustStatement } from './trust.ts';

export function convertFederatedSubject(roleArn: string, { statement, key, narrowed }: TrustStatement, provider: string): Converted {
  const trust = oidcTrust(provider.split(':oidc-provider/')[1] ?? provider, statement, narrowed);
  const native_id = `${roleArn}#${provider}#${key}`;
  const subjects = trust.subjects.map((subject) => subject.value);
  const label = subjects.length === 0 ? '(any subject)' : subjects.join(', ');
  const entity = {
    type: 'identity' as const,
    subtype: 'federated_subject',
    native_id,
    display_name: `${trust.issuer} ${label}`.slice(0, 200).toWellFormed(),
    props: {
      issuer: trust.issuer,
      provider,
      role_arn: roleArn,
      sid: statement.sid,
      has_subject_condition: subjects.length > 0,
      subject_operators: operators(trust.subjects),
      subjects,
      has_audience_condition: trust.audiences.length > 0,
      audience_operators: operators(trust.audiences),
      audiences: trust.audiences.map((audience) => audience.value),
      other_conditions: trust.other_conditions,
      condition_keys: conditionKeys(statement),
    },
    join_keys: [{ k: JOIN_KEYS.oidcTrust, v: keyOf(trust) }],
  };
  const props = { issuer: trust.issuer };
  return { entities: [entity], edges: [{ from: roleRef(roleArn), to: identityRef(native_id), type: 'TRUSTS_SUBJECT', props }] };
}

/**
 * A policy of 4,096 characters can name so many subjects that the key grows beyond what the graph takes, and with it the account is refused.
 * Such a trust is said to depend on what is not told: it joins with nothing, and is `undecidable` for whoever it might let in.
 */
function keyOf(trust: OidcTrust): string {
  const whole = canonicalJson(trust);
  if (whole.length <= JOIN_VALUE_LENGTH) return whole;
  const some = (claims: OidcTrust['subjects']): OidcTrust['subjects'] => (claims.length === 0 ? [] : [{ op: 'StringLike', value: '*' }]);
  return canonicalJson({ ...trust, subjects: some(trust.subjects), audiences: some(trust.audiences), other_conditions: true });
}

const operators = (claims: OidcTrust['subjects']): readonly string[] => [...new Set(claims.map((claim) => claim.op))].sort();
