/** Findings that a pass did not find because a bound cut off what they rest on: they stay as they are, and are never called resolved. */
import type { Evaluation, FindingRecord } from '../../findings/types.ts';
import { sortedUnique } from './order.ts';
import type { Rule, RuleContext } from '../types.ts';

/** `onError` as of `evaluateRules`: of a rule that throws nothing is resolved. */
export function withCutFindings(
  evaluation: Evaluation,
  previous: readonly Pick<FindingRecord, 'id' | 'rule_id' | 'identity' | 'status'>[],
  rules: readonly Rule[],
  context: RuleContext,
  onError?: (ruleId: string, error: unknown) => void,
): Evaluation {
  const asked = new Map(rules.filter((rule) => rule.mayBeCut !== undefined).map((rule) => [rule.id, rule]));
  if (asked.size === 0) return evaluation;
  const found = new Set(evaluation.findings.map(({ id }) => id));
  const withheld = new Set(evaluation.not_evaluated.findings);
  const failed = new Set(evaluation.not_evaluated.rules);
  const cut = previous.filter(({ id, rule_id, identity, status }) => {
    const rule = asked.get(rule_id);
    if (rule === undefined || status === 'resolved' || found.has(id) || withheld.has(id) || failed.has(rule_id)) return false;
    try {
      return rule.mayBeCut?.(identity, context) === true;
    } catch (error) {
      onError?.(rule_id, error);
      return true;
    }
  });
  if (cut.length === 0) return evaluation;
  const findings = sortedUnique([...withheld, ...cut.map(({ id }) => id)]);
  return { ...evaluation, not_evaluated: { ...evaluation.not_evaluated, findings } };
}
