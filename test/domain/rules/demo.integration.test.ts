/** What the rules say of the demo's first tenant, read by the real connectors from the emulated sources: props and categories agree on both sides. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildChains } from '../../../domain/chains/build.ts';
import { buildPack } from '../../../domain/evidence/build.ts';
import type { Evaluation, FindingContent } from '../../../domain/findings/types.ts';
import { collectGraph } from '../../../domain/graph/collect.ts';
import { type GraphIndex, indexGraph } from '../../../domain/graph/graph-index.ts';
import { parseGraph } from '../../../domain/graph/parse.ts';
import type { Coverage, Edge, Entity } from '../../../domain/graph/types.ts';
import { instanceId, scopeId, tenantId } from '../../../domain/ids.ts';
import { createRuleContext } from '../../../domain/rules/context.ts';
import { evaluateRules } from '../../../domain/rules/evaluate.ts';
import { RULES } from '../../../domain/rules/registry.ts';
import { stitchPaths } from '../../../domain/stitching/build.ts';
import { startAwsEmulator } from '../../../emulators/aws/server.ts';
import { DEMO_AWS_KEYS } from '../../../emulators/aws/world.ts';
import { startEntraEmulator } from '../../../emulators/entra/server.ts';
import { startGithubEmulator } from '../../../emulators/github/server.ts';
import { startServicenowEmulator } from '../../../emulators/servicenow/server.ts';
import { NORTHWIND } from '../../../emulators/story.ts';
import type { RunningEmulator } from '../../../emulators/types.ts';
import { runHere } from '../../connectors/aws/support.ts';
import { scanEntra } from '../../connectors/entra/harness.ts';
import { scan as scanGithub } from '../../connectors/github/support.ts';
import { scanServicenow } from '../../connectors/servicenow/harness.ts';
import { provenance } from '../evidence/sample.ts';

const NOW = new Date('2026-09-15T00:00:00Z');
const TENANT = tenantId('northwind');

interface Source {
  readonly system: string;
  readonly tenant: string;
  readonly graph: string;
  readonly cells: Readonly<Record<string, { readonly status: string }>>;
}

async function readAll(emulators: RunningEmulator[]): Promise<readonly Source[]> {
  const started = async <T extends RunningEmulator>(starting: Promise<T>): Promise<string> => {
    const emulator = await starting;
    emulators.push(emulator);
    return emulator.url;
  };
  const account = NORTHWIND.aws.account;
  const aws = await runHere({ account, endpoint: await started(startAwsEmulator({ now: NOW })), key: DEMO_AWS_KEYS[account] });
  const entra = await scanEntra(await started(startEntraEmulator({ now: NOW })));
  const github = await scanGithub(await started(startGithubEmulator({ now: NOW })));
  const servicenow = await scanServicenow(await started(startServicenowEmulator({ now: NOW })));
  return [
    { system: 'aws', tenant: account, graph: aws.graph, cells: aws.cells },
    { system: 'entra', tenant: NORTHWIND.entra.tenantId, graph: entra.graph, cells: entra.cells },
    { system: 'github', tenant: NORTHWIND.github.organization, graph: github.graph, cells: github.cells },
    { system: 'servicenow', tenant: NORTHWIND.servicenow.host, graph: servicenow.graph, cells: servicenow.cells },
  ];
}

async function indexOf(sources: readonly Source[]): Promise<GraphIndex> {
  const entities: Entity[] = [];
  const edges: Edge[] = [];
  const coverage: Coverage[] = [];
  for (const { system, tenant, graph, cells } of sources) {
    const bytes = (async function* () {
      yield Buffer.from(graph);
    })();
    const expected = { source_system: system, source_tenant: tenant, categories: Object.keys(cells) };
    const rows = await collectGraph(parseGraph(bytes, { expected }), { tenant: TENANT, isStored: () => false, onRecord: () => undefined });
    entities.push(...rows.entities.flatMap(({ row }) => row ?? []));
    edges.push(...rows.edges.flatMap(({ row }) => row ?? []));
    for (const [category, { status }] of Object.entries(cells)) {
      const scope = { scope_id: scopeId(`scope-${system}`), instance_id: instanceId(`instance-${system}`) };
      coverage.push({
        ...scope,
        source_system: system,
        source_tenant: tenant,
        category,
        status: status === 'succeeded' ? 'complete' : 'partial',
      });
    }
  }
  return indexGraph({ tenant_id: TENANT, revision: 'demo', entities, edges, coverage });
}

const emulators: RunningEmulator[] = [];
let index: GraphIndex;
let chains: ReturnType<typeof buildChains>['chains'];
let paths: ReturnType<typeof stitchPaths>['paths'];
let evaluation: Evaluation;

beforeAll(async () => {
  index = await indexOf(await readAll(emulators));
  chains = buildChains(index).chains;
  paths = stitchPaths(index, chains).paths;
  evaluation = evaluateRules(RULES, createRuleContext({ index, chains, paths, today: NOW }));
});
afterAll(() => Promise.all(emulators.map((emulator) => emulator.close())));

const of = (rule: string): readonly FindingContent[] => evaluation.findings.filter((finding) => finding.rule_id === rule);

describe('the demo, by its rules', () => {
  it('FLOW-09: no rule throws on what the sources really send', () => {
    expect(evaluation.rule_errors).toEqual([]);
  });

  it('DATA-07: customer data, reached over four systems through an application whose owner left the company', () => {
    const found = of('unowned_path_to_sensitive_data').filter((finding) => finding.subject_name === NORTHWIND.aws.customerBucket);
    const told = found.find(
      (finding) => index.entity(finding.identity['unowned'] ?? '')?.native_id === NORTHWIND.entra.customerSync.servicePrincipalId,
    );
    expect(told?.facts['disabled_owners']).toEqual([NORTHWIND.entra.departedOwner.upn]);
    const systems = (told?.explanation.paths ?? []).map((id) => paths.find((path) => path.id === id)?.systems);
    expect(systems).toContainEqual(['servicenow', 'github', 'entra', 'aws']);
  });

  it('every rule finds something that was planted for it', () => {
    const silent = RULES.filter((rule) => of(rule.id).length === 0).map((rule) => rule.id);
    // Drift needs an earlier read to compare with, the wildcard is the other tenant's, and no path declares two environments.
    const elsewhere = new Set(['oidc_subject_wildcard', 'prod_identity_reachable_from_nonprod', 'privilege_expanded']);
    expect(silent.filter((rule) => !elsewhere.has(rule))).toEqual([]);
  });

  it('DATA-08: every finding has a pack', () => {
    const { entities, edges, coverage } = index.graph;
    const rows = [...entities, ...edges].map((row, n) => provenance(row.id, row.category, n));
    for (const finding of evaluation.findings) {
      const pack = buildPack({
        tenant_id: TENANT,
        finding,
        entities,
        edges,
        chains,
        paths,
        provenance: rows,
        coverage,
        builder_versions: {},
      });
      expect(pack.manifest.entries.length).toBeGreaterThan(3);
    }
  });
});
