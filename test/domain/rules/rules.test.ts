import { describe, expect, it } from 'vitest';
import { evaluateRules } from '../../../domain/rules/evaluate.ts';
import { RULES } from '../../../domain/rules/registry.ts';
import type { Rule } from '../../../domain/rules/types.ts';
import { GraphBuilder } from './builder.ts';
import { AUTHORITY_CASES } from './cases/authority.ts';
import { AWS_ADMIN_CASES } from './cases/aws-admin.ts';
import { AWS_ESCALATION_CASES } from './cases/aws-escalation.ts';
import { CREDENTIAL_CASES } from './cases/credentials.ts';
import { ENTRA_CASES } from './cases/entra.ts';
import { EXTERNAL_TRUST_CASES } from './cases/external-trust.ts';
import { OIDC_TRUST_CASES } from './cases/oidc-trust.ts';
import { PATH_CASES } from './cases/paths.ts';
import type { RuleCase } from './cases/types.ts';
import { WORKLOAD_CASES } from './cases/workloads.ts';

const CASES: readonly RuleCase[] = [
  ...AWS_ADMIN_CASES,
  ...AWS_ESCALATION_CASES,
  ...CREDENTIAL_CASES,
  ...ENTRA_CASES,
  ...EXTERNAL_TRUST_CASES,
  ...OIDC_TRUST_CASES,
  ...WORKLOAD_CASES,
  ...PATH_CASES,
  ...AUTHORITY_CASES,
];

const ruleOf = (id: string): Rule => {
  const rule = RULES.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
};

describe.each(RULES.map((rule) => rule.id))('%s', (id) => {
  const cases = CASES.filter((one) => one.rule === id);

  it.each(cases.map((one) => [one.name, one.verdict, one] as const))('DATA-04: %s: %s', (_name, verdict, one) => {
    const g = new GraphBuilder();
    const subject = one.build(g);
    const context = g.context();
    const rule = ruleOf(id);
    const said = rule.evaluate(context).filter((other) => other.subject === subject.id);
    expect(said.map((other) => other.verdict)).toEqual(verdict === 'nothing' ? [] : said.length > 1 ? said.map(() => verdict) : [verdict]);
    expect(said[0]?.missing ?? '').toMatch(one.missing ?? /^/);
    expect(said[0]?.facts ?? {}).toMatchObject(one.facts ?? {});

    const evaluation = evaluateRules([rule], context);
    expect(evaluation.rule_errors).toEqual([]);
    for (const finding of evaluation.findings) {
      const { entities, edges, chains, paths } = finding.explanation;
      expect(entities).toContain(finding.subject);
      expect(entities.map((id) => context.entity(id)?.display_name)).toEqual(expect.arrayContaining([...(one.proof ?? [])]));
      // A pack has no loose ends: every edge's ends and every path's segments are in it.
      for (const edge of edges) expect(entities).toEqual(expect.arrayContaining([context.edge(edge)?.from, context.edge(edge)?.to]));
      for (const path of paths) expect(chains).toEqual(expect.arrayContaining([...(context.path(path)?.segments ?? [])]));
    }
  });

  it('is tried with a finding, a clear and a not_evaluated', () => {
    expect(new Set(cases.map((one) => one.verdict))).toEqual(
      new Set([...cases.map((one) => one.verdict), 'finding', 'clear', 'not_evaluated']),
    );
  });

  it.each(['partial', 'failed', 'never'] as const)('DATA-04: says clear of nothing when every category is %s', (status) => {
    const clear = cases.flatMap((one) => {
      const g = new GraphBuilder();
      one.build(g);
      return ruleOf(id)
        .evaluate(g.context(status))
        .filter((other) => other.verdict === 'clear')
        .map(() => one.name);
    });
    expect(clear).toEqual([]);
  });
});

it('names no rule that is not there', () => {
  expect([...new Set(CASES.map((one) => one.rule))].sort()).toEqual(RULES.map((rule) => rule.id).sort());
});
