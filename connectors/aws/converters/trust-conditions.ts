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
    narrowed_by_deny: narrowed,
  };
}

/** `…IfExists` lets a caller through who sends none, and `*` lets through whatever is sent: neither protects from a confused deputy. */
function demandsExternalId({ operator, key, values }: PolicyCondition): boolean {
  const positive = /^(?:ForAnyValue:)?String(?:Equals|EqualsIgnoreCase|Like)$/i.test(operator);
  return key.toLowerCase() === 'sts:externalid' && positive && !values.some((value) => /^\**$/.test(value));
}

function demandsMfa({ operator, key, values }: PolicyCondition): boolean {
  const yes = values.every((value) => value.toLowerCase() === 'true');
  return key.toLowerCase() === 'aws:multifactorauthpresent' && /^Bool$/i.test(operator) && yes;
}
