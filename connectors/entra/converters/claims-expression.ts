/**
 * The expression of a flexible federated identity credential: `claims['<name>'] matches|eq '<text>'`, joined by `and`; `*` and `?` are
 * wildcards of `matches` (Microsoft Entra Workload ID, "Flexible federated identity credentials", preview). The language has no other operator.
 */
import type { ClaimCondition } from '../../../domain/stitching/keys.ts';

const LANGUAGE = 1;
/** How a backslash or a doubled quote reads is not documented: such a text is not taken apart. */
const CONDITION = /\s*claims\['([A-Za-z0-9_.-]+)'\]\s+(matches|eq)\s+'([^'\\]*)'(?:\s*$|\s+and\s+(?=claims\[))/y;

/** In the order of the text; null when it is in no form that we know. */
export function parseClaimsExpression(text: string, languageVersion: unknown): readonly ClaimCondition[] | null {
  if (languageVersion !== LANGUAGE) return null;
  const conditions: ClaimCondition[] = [];
  const reader = new RegExp(CONDITION);
  for (reader.lastIndex = 0; ; ) {
    const found = reader.exec(text);
    if (found === null) return null;
    const [, claim = '', operator, value = ''] = found;
    conditions.push({ claim, op: operator === 'eq' ? 'StringEquals' : 'StringLike', value });
    if (reader.lastIndex === text.length) return conditions;
  }
}
