/** What the rest of the pipeline makes of the emulated accounts: the contract takes the graph as it is, and every AWS rule finds its example. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { collectGraph } from '../../../domain/graph/collect.ts';
import { parseGraph } from '../../../domain/graph/parse.ts';
import type { Coverage, Edge, Entity } from '../../../domain/graph/types.ts';
import { instanceId, scopeId, tenantId } from '../../../domain/ids.ts';
import { createRuleContext } from '../../../domain/rules/context.ts';
import { evaluateRules } from '../../../domain/rules/evaluate.ts';
import { RULES } from '../../../domain/rules/registry.ts';
import { type RunningAwsEmulator, startAwsEmulator } from '../../../emulators/aws/server.ts';
import { DEMO_AWS_KEYS } from '../../../emulators/aws/world.ts';
import { CONTOSO, NORTHWIND } from '../../../emulators/story.ts';
import { runHere } from './support.ts';

const NOW = new Date('2026-09-01T00:00:00Z');
let aws: RunningAwsEmulator;
beforeAll(async () => {
  aws = await startAwsEmulator({ now: NOW });
});
afterAll(() => aws.close());

async function evaluate(account: keyof typeof DEMO_AWS_KEYS) {
  const output = await runHere({ account, endpoint: aws.url, key: DEMO_AWS_KEYS[account] });
  const expected = { source_system: 'aws', source_tenant: account, categories: Object.keys(output.cells) };
  const tenant = tenantId('northwind');
  const bytes = (async function* () {
    yield Buffer.from(output.graph);
  })();
  const collected = await collectGraph(parseGraph(bytes, { expected }), { tenant, isStored: () => false, onRecord: () => undefined });
  const entities = collected.entities.flatMap(({ row }): Entity[] => (row === null ? [] : [row]));
  const edges = collected.edges.flatMap(({ row }): Edge[] => (row === null ? [] : [row]));
  const coverage = expected.categories.map((category): Coverage => {
    return {
      scope_id: scopeId('s'),
      instance_id: instanceId('i'),
      source_system: 'aws',
      source_tenant: account,
      category,
      status: 'complete',
    };
  });
  const index = indexGraph({ tenant_id: tenant, revision: collected.digest, entities: distinct(entities), edges, coverage });
  const context = createRuleContext({ index, chains: [], paths: [], today: NOW });
  const { findings, rule_errors } = evaluateRules(RULES, context);
  const named = (rule: string): string[] =>
    findings
      .filter((one) => one.rule_id === rule)
      .map((one) => context.entity(one.subject)?.display_name ?? '')
      .sort();
  return { named, rule_errors, scrubbed: collected.scrubbed_strings, dangling: danglingEnds(entities, edges) };
}

/** Two categories that report one owner are one entity to rules. */
const distinct = (entities: readonly Entity[]): Entity[] => [...new Map(entities.map((entity) => [entity.id, entity])).values()];

function danglingEnds(entities: readonly Entity[], edges: readonly Edge[]): number {
  const ids = new Set(entities.map((entity) => entity.id));
  return edges.filter((edge) => !ids.has(edge.from) || !ids.has(edge.to)).length;
}

describe('the demo’s accounts, downstream', () => {
  it('DATA-01, DATA-09: the graph is taken as it is, nothing in it looks like a secret, and no edge hangs in the air', async () => {
    for (const account of [NORTHWIND.aws.account, CONTOSO.aws.account] as const) {
      expect(await evaluate(account)).toMatchObject({ rule_errors: [], scrubbed: 0, dangling: 0 });
    }
  });

  it('every rule about AWS finds what was planted for it, and not what only looks alike', async () => {
    const { named } = await evaluate(NORTHWIND.aws.account);
    expect(named('admin_policy')).toEqual(expect.arrayContaining(['break-glass', 'dormant-admin', 'ops-admin']));
    expect(named('admin_policy')).not.toContain('bounded-admin');
    expect(named('privilege_escalation')).toEqual(expect.arrayContaining(['ci-legacy', 'pipeline-escalation', 'policy-editor']));
    expect(named('two_active_access_keys')).toEqual(['ops-admin']);
    expect(named('external_trust_without_external_id')).toEqual(expect.arrayContaining(['vendor-monitoring', 'vendor-optional-id']));
    expect(named('external_trust_without_external_id')).not.toEqual(expect.arrayContaining(['vendor-billing']));
    expect(named('external_trust_without_external_id')).not.toEqual(expect.arrayContaining(['sv0-reader']));
    const planted = [
      'aws_access_key_not_rotated',
      'oidc_subject_missing',
      'oidc_audience_missing',
      'dormant_authority',
      'standing_recovery_principal',
    ];
    expect(planted.filter((rule) => named(rule).length === 0)).toEqual([]);
  });

  it('one repository of the bank is as good as any: its subject pattern is found', async () => {
    const { named } = await evaluate(CONTOSO.aws.account);
    expect(named('oidc_subject_wildcard')).toHaveLength(1);
  });
});
