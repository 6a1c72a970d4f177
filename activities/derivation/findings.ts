/** `evaluateFindings`: every rule over graph, chains and paths; a rule that throws fails alone (FLOW-09). */
import { planFindings } from '../../domain/findings/lifecycle.ts';
import { indexGraph } from '../../domain/graph/graph-index.ts';
import { createRuleContext } from '../../domain/rules/context.ts';
import { withCutFindings } from '../../domain/rules/lib/cut-findings.ts';
import { evaluateRules } from '../../domain/rules/evaluate.ts';
import { RULES } from '../../domain/rules/registry.ts';
import type { Rule } from '../../domain/rules/types.ts';
import type { CellError } from '../../domain/runs/types.ts';
import type { DerivationReport, DerivationRequest } from '../derive.ts';
import type { DerivationDeps, DerivationOptions } from './deps.ts';

export async function deriveFindings(
  { graph, changes: drift, derived, findings }: DerivationDeps,
  { tenant_id, pass, at }: DerivationRequest,
  { signal, onProgress }: DerivationOptions,
  rules: readonly Rule[] = RULES,
): Promise<DerivationReport> {
  onProgress('read graph, chains and paths');
  const index = indexGraph(await graph.loadTenantGraph(tenant_id, { signal }));
  const chains = await derived.loadAll(tenant_id, 'chains');
  const paths = await derived.loadAll(tenant_id, 'paths');
  const changes = await drift.sinceLastComplete(tenant_id, { signal });
  onProgress('evaluate rules');
  const context = createRuleContext({ index, chains, paths, today: at, changes });
  const previous = await findings.loadAll(tenant_id);
  const evaluation = withCutFindings(evaluateRules(rules, context), previous, rules, context);
  onProgress('write findings');
  const plan = planFindings(previous, evaluation, { pass, now: at });
  const changed = [...plan.created, ...plan.updated, ...plan.resolved, ...plan.reopened];
  const counts = await findings.apply(tenant_id, { changed, touched: plan.touched }, { pass, now: at });
  return {
    items: counts.created + counts.updated + counts.resolved + counts.reopened,
    errors: evaluation.rule_errors.map(({ rule_id }) => ruleError(rule_id)),
  };
}

const ruleError = (rule: string): CellError => ({
  code: 'RULE_FAILED',
  class: 'persistent',
  message: "a rule threw; its earlier findings stay as they were; the worker's log has the stack",
  actor: 'engineer',
  subject: rule,
});
