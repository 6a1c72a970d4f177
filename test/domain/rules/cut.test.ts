import { expect, test } from 'vitest';
import { withCutFindings } from '../../../domain/rules/lib/cut-findings.ts';
import { prodIdentityReachableFromNonprod } from '../../../domain/rules/prod_identity_reachable_from_nonprod.ts';
import type { Rule } from '../../../domain/rules/types.ts';
import { GraphBuilder } from './builder.ts';
import { role } from './cases/types.ts';

const NOTHING = {
  findings: [],
  not_evaluated: { rules: [], findings: [] },
  rule_errors: [],
  counts: { finding: 0, clear: 0, not_evaluated: 0 },
  rules: [],
};

/** A function that declares `from` runs as a role that declares `to`; of what begins there the builder says that it is cut, or not. */
function withheld(from: string, to: string, truncated: boolean, rule: Rule = prodIdentityReachableFromNonprod): readonly string[] {
  const g = new GraphBuilder();
  const fn = g.entity('workload', 'lambda_function', 'fn', { environment: from }, { category: 'lambda' });
  const target = role(g, 'target', { environment: to });
  g.edge(fn, 'RUNS_AS', target);
  g.chains.push({ ...g.chain([fn], []), truncated });
  g.chains.shift();
  const open = { id: 'f', rule_id: rule.id, identity: { identity: target.id, source: fn.id }, status: 'open' as const };
  return withCutFindings(NOTHING, [open], [rule], g.context()).not_evaluated.findings;
}

test('DATA-05: a path that was cut leaves the finding open as long as both ends declare what they did', () => {
  expect(withheld('staging', 'production', true)).toEqual(['f']);
  expect(withheld('production', 'production', true)).toEqual([]);
  expect(withheld('staging', 'staging', true)).toEqual([]);
  expect(withheld('staging', 'production', false)).toEqual([]);
});

test('DATA-05, FLOW-09: a rule that throws when it is asked resolves nothing', () => {
  const throwing: Rule = {
    ...prodIdentityReachableFromNonprod,
    mayBeCut: () => {
      throw new Error('x');
    },
  };
  expect(withheld('staging', 'production', false, throwing)).toEqual(['f']);
});
