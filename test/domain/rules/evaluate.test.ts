import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../../../domain/canonical.ts';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { createRuleContext } from '../../../domain/rules/context.ts';
import { evaluateRules } from '../../../domain/rules/evaluate.ts';
import { defineRule } from '../../../domain/rules/lib/define.ts';
import { RULES } from '../../../domain/rules/registry.ts';
import type { Rule, Verdict } from '../../../domain/rules/types.ts';
import { GraphBuilder, TODAY } from './builder.ts';
import { AWS_ADMIN_CASES } from './cases/aws-admin.ts';
import { CREDENTIAL_CASES } from './cases/credentials.ts';
import { allow, role, user } from './cases/types.ts';

const metadata = {
  version: 3,
  title: 'Title',
  severity: 'low',
  rationale: 'r',
  remediation: 'r',
  frameworks: {},
  identity_fields: ['subject'],
  reads: [{ source_system: 'aws', category: 'iam' }],
} as const;

function oneOfEach() {
  const g = new GraphBuilder();
  const [a, b, c] = [user(g, 'a'), user(g, 'b'), role(g, 'c')];
  return { g, a, b, c, context: g.context() };
}
const rule = (id: string, verdicts: () => readonly Verdict[], fields: readonly string[] = ['subject']): Rule => ({
  ...metadata,
  id,
  identity_fields: fields,
  evaluate: verdicts,
  explain: () => ({ entities: [], edges: [], chains: [], paths: [] }),
});

describe('evaluateRules', () => {
  it('DATA-04: counts findings, clears and what was not evaluated, and withholds the last from resolution', () => {
    const { a, b, c, context } = oneOfEach();
    const told = rule('told', () => [
      { verdict: 'finding', subject: a.id, identity: { subject: a.id }, facts: { z: 1, a: 'x' } },
      { verdict: 'clear', subject: b.id, identity: { subject: b.id } },
      { verdict: 'not_evaluated', subject: c.id, identity: { subject: c.id }, missing: 'aws:iam' },
    ]);
    const evaluation = evaluateRules([told], context);
    expect(evaluation.counts).toEqual({ finding: 1, clear: 1, not_evaluated: 1 });
    expect(evaluation.not_evaluated).toEqual({ rules: [], findings: [digestOf(['told', c.id])] });
    expect(evaluation.rules).toEqual([{ rule_id: 'told', finding: 1, clear: 1, not_evaluated: 1, missing: ['aws:iam'], failed: false }]);
    expect(evaluation.findings).toHaveLength(1);
    expect(evaluation.findings[0]).toMatchObject({
      id: digestOf(['told', a.id]),
      rule_version: 3,
      severity: 'low',
      subject_name: 'a',
      source_system: 'aws',
    });
    expect(Object.keys(evaluation.findings[0]?.facts ?? {})).toEqual(['a', 'z']);
  });

  it('DATA-04: a rule that found nothing to look at says what was not read', () => {
    const context = new GraphBuilder().context('never');
    expect(evaluateRules([rule('empty', () => [])], context).rules[0]).toMatchObject({
      finding: 0,
      clear: 0,
      not_evaluated: 0,
      missing: ['aws:iam'],
    });
  });

  it('a finding id is of the rule and its identity values in the declared order', () => {
    const { a, b, context } = oneOfEach();
    const two = rule('two', () => [{ verdict: 'finding', subject: a.id, identity: { second: b.id, first: a.id } }], ['first', 'second']);
    expect(evaluateRules([two], context).findings[0]?.id).toBe(digestOf(['two', a.id, b.id]));
  });

  it('FLOW-09: a rule that throws fails alone, half-way too, and its message goes nowhere', () => {
    const { a, context } = oneOfEach();
    const bad = defineRule({ ...metadata, id: 'bad' }, function* () {
      yield { verdict: 'finding', subject: a };
      throw new Error('customer data');
    });
    const good = rule('good', () => [{ verdict: 'finding', subject: a.id, identity: { subject: a.id } }]);
    const seen: unknown[] = [];
    const evaluation = evaluateRules([bad, good], context, (id, error) => seen.push(id, (error as Error).message));
    expect(evaluation.findings.map((finding) => finding.rule_id)).toEqual(['good']);
    expect(evaluation.rule_errors).toEqual([{ rule_id: 'bad' }]);
    expect(evaluation.not_evaluated.rules).toEqual(['bad']);
    expect(JSON.stringify(evaluation)).not.toContain('customer data');
    expect(seen).toEqual(['bad', 'customer data']);
  });

  const broken: readonly (readonly [string, (ids: readonly string[]) => readonly Verdict[]])[] = [
    [
      'two subjects share one identity',
      ([a = '', b = '']) => [a, b].map((subject) => ({ verdict: 'finding' as const, subject, identity: { subject: 'same' } })),
    ],
    [
      'one subject is a finding and clear',
      ([a = '']) => (['finding', 'clear'] as const).map((verdict) => ({ verdict, subject: a, identity: { subject: a } })),
    ],
    ['the identity lacks a field', ([a = '']) => [{ verdict: 'finding', subject: a, identity: {} }]],
    ['the identity has a field too many', ([a = '']) => [{ verdict: 'finding', subject: a, identity: { subject: a, more: 'x' } }]],
    ['an identity value is empty', ([a = '']) => [{ verdict: 'finding', subject: a, identity: { subject: '' } }]],
    ['the subject is not in the graph', () => [{ verdict: 'finding', subject: 'nobody', identity: { subject: 'nobody' } }]],
    [
      'a fact has no canonical form',
      ([a = '']) => [{ verdict: 'finding', subject: a, identity: { subject: a }, facts: { n: Number.NaN } }],
    ],
  ];
  it.each(broken)("FLOW-09: it is the rule's error when %s", (_name, verdicts) => {
    const { a, b, context } = oneOfEach();
    const evaluation = evaluateRules([rule('broken', () => verdicts([a.id, b.id]))], context);
    expect(evaluation.rule_errors).toEqual([{ rule_id: 'broken' }]);
    expect(evaluation.findings).toEqual([]);
  });

  it('gives the same bytes for the same graph in any order, with the rules in any order', () => {
    const g = new GraphBuilder();
    for (const one of [...AWS_ADMIN_CASES.slice(0, 12), ...CREDENTIAL_CASES.slice(0, 4)]) one.build(g);
    const { coverage, ...graph } = g.graph();
    const evaluated = (entities: typeof graph.entities, edges: typeof graph.edges, rules: readonly Rule[]): string =>
      canonicalJson(
        evaluateRules(
          rules,
          createRuleContext({ index: indexGraph({ ...graph, entities, edges, coverage }), chains: g.chains, paths: g.paths, today: TODAY }),
        ),
      );
    const first = evaluated(graph.entities, graph.edges, RULES);
    const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });
    fc.assert(
      fc.property(shuffled(graph.entities), shuffled(graph.edges), shuffled(RULES), (entities, edges, rules) => {
        expect(evaluated(entities, edges, rules)).toBe(first);
      }),
      { numRuns: 20 },
    );
  });

  it('counts ages to the day of the pass, so that a repeated stage says the same', () => {
    const g = new GraphBuilder();
    CREDENTIAL_CASES.find((one) => one.name === '91 days old')?.build(g);
    const at = (today: string): string =>
      canonicalJson(
        evaluateRules(RULES, createRuleContext({ index: indexGraph(g.graph()), chains: [], paths: [], today: new Date(today) })),
      );
    expect(at('2026-11-22T23:59:59Z')).toBe(at('2026-11-22T00:00:01Z'));
  });

  it('takes a big account in its stride', () => {
    const g = new GraphBuilder();
    for (let n = 0; n < 3000; n += 1) {
      const r = role(g, `r${n}`, { last_used_at: null });
      allow(g, r, n % 10 === 0 ? ['*'] : ['s3:Get*', 'iam:PassRole', 'ec2:Describe*']);
    }
    const started = performance.now();
    const evaluation = evaluateRules(RULES, g.context());
    expect(evaluation.rule_errors).toEqual([]);
    expect(evaluation.rules.find((outcome) => outcome.rule_id === 'admin_policy')).toMatchObject({ finding: 300, clear: 2700 });
    // Quadratic work over 3,000 principals would take minutes.
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
