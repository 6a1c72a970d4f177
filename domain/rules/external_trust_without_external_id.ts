import type { Edge } from '../graph/types.ts';
import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { AWS_IAM } from './lib/inputs.ts';
import { listed } from './lib/order.ts';
import { strings } from './lib/state.ts';

/** Keys of conditions that can keep other organizations out; whether one does, its operator and its values say. */
const ORGANIZATION_KEYS: ReadonlySet<string> = new Set([
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
]);

export const externalTrustWithoutExternalId = defineRule(
  {
    id: 'external_trust_without_external_id',
    version: 3,
    title: 'A role trusts another account without an external id',
    severity: 'high',
    rationale:
      'The trusted account is another one, and the trust asks for no external id. Where that account serves many customers, one of them can ' +
      'have it act on this role (the confused deputy). Where every account is trusted an external id is no help: it is not a secret. ' +
      'Trust that a condition keeps within the organization is no finding.',
    remediation: 'Ask the trusted party for the external id that it sends for you, and require it with `StringEquals` on `sts:ExternalId`.',
    frameworks: {},
    identity_fields: ['role', 'principal'],
    reads: [AWS_IAM],
  },
  function* (context) {
    for (const subject of context.entitiesOf('role', 'iam_role')) {
      const byPrincipal = new Map<string, Edge[]>();
      for (const edge of context.out(subject.id, 'TRUSTS')) {
        // An id in place of a principal (AIDA…) is what is left of a deleted one: nobody can be it.
        if (edge.props['external'] !== true || edge.props['principal_kind'] === 'unknown_id') continue;
        const list = byPrincipal.get(edge.to);
        if (list === undefined) byPrincipal.set(edge.to, [edge]);
        else list.push(edge);
      }
      const missing = unread(context, [AWS_IAM], subject.source_tenant);
      for (const [principal, edges] of byPrincipal) {
        const identity = { role: subject.id, principal };
        const open = edges.filter((edge) => !hasExternalId(edge) && withinOrganization(edge) !== 'yes');
        const sure = open.filter((edge) => withinOrganization(edge) === 'no' && edge.props['narrowed_by_deny'] !== true);
        if (open.length === 0)
          yield missing === undefined ? { verdict: 'clear', subject, identity } : { verdict: 'not_evaluated', subject, identity, missing };
        else if (sure.length === 0) {
          const denied = open.some((edge) => edge.props['narrowed_by_deny'] === true);
          const unclear = denied ? 'what the denies of the trust policy leave' : 'how its conditions ask for the organization';
          yield { verdict: 'not_evaluated', subject, identity, missing: unclear };
        } else {
          yield {
            verdict: 'finding',
            subject,
            identity,
            facts: {
              trusted: context.entity(principal)?.display_name ?? principal,
              principals: listed(open.map((edge) => String(edge.props['principal'] ?? ''))),
              other_conditions: listed(open.flatMap(conditionKeys)),
            },
            proof: { edges: edges.map((edge) => edge.id) },
          };
        }
      }
    }
  },
);

/** An external id is no secret (IAM User Guide, "Access to AWS accounts owned by third parties"): where every account is trusted it keeps nobody out. */
const hasExternalId = (edge: Edge): boolean => edge.props['has_external_id_condition'] === true && edge.props['principal_kind'] !== 'any';

const conditionKeys = (edge: Edge): readonly string[] => strings(edge, 'condition_keys');

/** `unknown` where the key is there and the source does not say what is asked of it. */
function withinOrganization(edge: Edge): 'yes' | 'no' | 'unknown' {
  const said = edge.props['has_organization_condition'];
  if (typeof said === 'boolean') return said ? 'yes' : 'no';
  return conditionKeys(edge).some((key) => ORGANIZATION_KEYS.has(key.toLowerCase())) ? 'unknown' : 'no';
}
