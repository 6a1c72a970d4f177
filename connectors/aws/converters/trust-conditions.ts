/** What is said of a trust statement's conditions: keys, never values. An ExternalId or a source address is not ours to store (DATA-09). */
import type { Props } from '../../../domain/graph/types.ts';
import { conditionKeys, type PolicyCondition } from '../policy/document.ts';
import type { TrustStatement } from './trust.ts';

export function conditionProps({ statement, narrowed }: Pick<TrustStatement, 'statement' | 'narrowed'>): Props {
  return {
    condition_keys: conditionKeys(statement),
    has_conditions: statement.conditions.length > 0,
    has_external_id_condition: statement.conditions.some(demandsExternalId),
    has_mfa_condition: statement.conditions.some(demandsMfa),
    has_organization_condition: statement.conditions.some(demandsOrganization),
    narrowed_by_deny: narrowed,
  };
}

const POSITIVE = /^(?:ForAnyValue:)?String(?:Equals|EqualsIgnoreCase|Like)$/i;

/** `…IfExists` lets a caller through who sends none, and `*` or `?*` lets through whatever is sent: neither protects from a confused deputy. */
function demandsExternalId({ operator, key, values }: PolicyCondition): boolean {
  return key.toLowerCase() === 'sts:externalid' && POSITIVE.test(operator) && !values.some((value) => /^[*?]*$/.test(value));
}

const ORGANIZATION_KEYS: ReadonlySet<string> = new Set([
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
]);

/**
 * A caller of no organization has no such key: `…IfExists` and `ForAllValues` let it through, and `StringNotEquals` keeps out nobody else.
 * Every value has to name an organization; `${aws:ResourceOrgID}` is the role's own (IAM User Guide, "AWS global condition context keys").
 */
function demandsOrganization({ operator, key, values }: PolicyCondition): boolean {
  const named = values.length > 0 && values.every((value) => /^(?:o-[a-z0-9]|\$\{aws:ResourceOrg)/i.test(value));
  return ORGANIZATION_KEYS.has(key.toLowerCase()) && POSITIVE.test(operator) && named;
}

function demandsMfa({ operator, key, values }: PolicyCondition): boolean {
  const yes = values.every((value) => value.toLowerCase() === 'true');
  return key.toLowerCase() === 'aws:multifactorauthpresent' && /^Bool$/i.test(operator) && yes;
}
