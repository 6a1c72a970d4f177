/** Runs every rule by itself: one that throws takes nothing with it (FLOW-09), and its findings stay as they were. */
import { canonicalJson, digestOf } from '../canonical.ts';
import type { Evaluation, FindingContent, RuleOutcome } from '../findings/types.ts';
import { inputName } from './lib/coverage.ts';
import { byCodeUnit, sortedUnique } from './lib/order.ts';
import type { Rule, RuleContext, Verdict } from './types.ts';

/** The same whatever the order of the rules. `onError` is for a log on this machine: what was thrown may quote a customer's data. */
export function evaluateRules(
  rules: readonly Rule[],
  context: RuleContext,
  onError?: (ruleId: string, error: unknown) => void,
): Evaluation {
  const findings: FindingContent[] = [];
  const withheld: string[] = [];
  const failed: string[] = [];
  const outcomes: RuleOutcome[] = [];
  for (const rule of [...rules].sort((a, b) => byCodeUnit(a.id, b.id))) {
    try {
      const result = evaluateRule(rule, context);
      findings.push(...result.findings);
      withheld.push(...result.withheld);
      outcomes.push(result.outcome);
    } catch (error) {
      onError?.(rule.id, error);
      failed.push(rule.id);
      outcomes.push({ rule_id: rule.id, finding: 0, clear: 0, not_evaluated: 0, missing: [], failed: true });
    }
  }
  const total = (count: 'finding' | 'clear' | 'not_evaluated'): number => outcomes.reduce((sum, outcome) => sum + outcome[count], 0);
  return {
    findings: findings.sort((a, b) => byCodeUnit(a.id, b.id)),
    not_evaluated: { rules: failed, findings: sortedUnique(withheld) },
    rule_errors: failed.map((rule_id) => ({ rule_id })),
    counts: { finding: total('finding'), clear: total('clear'), not_evaluated: total('not_evaluated') },
    rules: outcomes,
  };
}

interface RuleResult {
  readonly findings: readonly FindingContent[];
  /** Ids of findings that this rule can say nothing of now. */
  readonly withheld: readonly string[];
  readonly outcome: RuleOutcome;
}

function evaluateRule(rule: Rule, context: RuleContext): RuleResult {
  const byId = new Map<string, Verdict>();
  for (const verdict of rule.evaluate(context)) {
    const id = findingId(rule, verdict);
    const other = byId.get(id);
    if (other !== undefined && (other.subject !== verdict.subject || other.verdict !== verdict.verdict))
      throw new Error('two verdicts share one identity');
    byId.set(id, verdict);
  }
  const verdicts = [...byId];
  const count = (kind: Verdict['verdict']): number => verdicts.filter(([, verdict]) => verdict.verdict === kind).length;
  const unread = rule.reads.filter((input) => !context.complete(input.source_system, input.category)).map(inputName);
  const missing = verdicts.flatMap(([, verdict]) => (verdict.verdict === 'not_evaluated' ? [verdict.missing ?? 'unknown'] : []));
  return {
    findings: verdicts.filter(([, verdict]) => verdict.verdict === 'finding').map(([id, verdict]) => findingOf(rule, id, verdict, context)),
    withheld: verdicts.filter(([, verdict]) => verdict.verdict === 'not_evaluated').map(([id]) => id),
    outcome: {
      rule_id: rule.id,
      finding: count('finding'),
      clear: count('clear'),
      not_evaluated: count('not_evaluated'),
      missing: sortedUnique([...unread, ...missing]),
      failed: false,
    },
  };
}

/** `digestOf([rule id, ...identity values in the order of the rule's fields])`. @throws when the identity is not exactly the declared fields */
export function findingId(rule: Pick<Rule, 'id' | 'identity_fields'>, verdict: Pick<Verdict, 'identity'>): string {
  const values = rule.identity_fields.map((field) => verdict.identity[field]);
  if (values.some((value) => typeof value !== 'string' || value === '') || Object.keys(verdict.identity).length !== values.length) {
    throw new Error('the identity is not the declared one');
  }
  return digestOf([rule.id, ...values]);
}

function findingOf(rule: Rule, id: string, verdict: Verdict, context: RuleContext): FindingContent {
  const subject = context.entity(verdict.subject);
  if (subject === undefined) throw new Error('the subject is not in the graph');
  const facts = verdict.facts ?? {};
  const content: FindingContent = {
    id,
    rule_id: rule.id,
    rule_version: rule.version,
    title: rule.title,
    severity: rule.severity,
    subject: verdict.subject,
    subject_name: subject.display_name,
    source_system: subject.source_system,
    identity: verdict.identity,
    facts: Object.fromEntries(
      Object.keys(facts)
        .sort(byCodeUnit)
        .map((name) => [name, facts[name] ?? '']),
    ),
    explanation: rule.explain(verdict, context),
  };
  // A fact without a canonical form (NaN, a lone surrogate) is the rule's error, not the whole pass's.
  canonicalJson(content);
  return content;
}
