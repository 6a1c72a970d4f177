/** A bound of the builders must never look like a repair: what was cut off is not reported as fixed. */
import { expect, test } from 'vitest';
import type { DerivationDeps } from '../../activities/derivation/deps.ts';
import { deriveFindings } from '../../activities/derivation/findings.ts';
import { buildChains } from '../../domain/chains/build.ts';
import { chainLimits } from '../../domain/chains/limits.ts';
import type { FindingRecord } from '../../domain/findings/types.ts';
import { indexGraph } from '../../domain/graph/graph-index.ts';
import type { Entity } from '../../domain/graph/types.ts';
import { unownedPathToSensitiveData } from '../../domain/rules/unowned_path_to_sensitive_data.ts';
import { GraphBuilder, TENANT, TODAY } from '../domain/rules/builder.ts';

const BUCKETS = ['a', 'b', 'c'];
const CUT = { ...chainLimits(0), chainsPerAnchor: 1 };

interface World {
  readonly buckets?: readonly string[];
  readonly owned?: boolean;
  readonly enabled?: boolean;
}

/** An event starts a function, which reads three buckets of customer data as its role. Its owner left. */
function graphOf({ buckets = BUCKETS, owned = false, enabled = true }: World) {
  const g = new GraphBuilder();
  const lambda = { category: 'lambda' };
  const fn = g.entity('workload', 'lambda_function', 'fn', { enabled }, lambda);
  g.edge(fn, 'TRIGGERED_BY', g.entity('resource', 'event_source', 'upload', {}, lambda));
  g.edge(fn, 'OWNED_BY', g.entity('owner', 'user', 'ada', { enabled: owned }, lambda));
  const role = g.entity('role', 'iam_role', 'arn:aws:iam::111122223333:role/reader');
  g.edge(fn, 'RUNS_AS', role);
  const statement = { effect: 'Allow', actions: ['s3:GetObject'], resources: ['*'], condition_keys: [] };
  const reads = g.entity('permission', 'iam_statement', 'reads', statement);
  g.edge(role, 'GRANTS', reads);
  const bucket = (name: string): Entity =>
    g.entity('resource', 's3_bucket', `arn:aws:s3:::${name}`, { classification: 'customer-data', tags_read: true }, { category: 's3' });
  for (const name of BUCKETS) {
    const one = bucket(name);
    if (buckets.includes(name)) g.edge(reads, 'APPLIES_TO', one);
  }
  return g.graph();
}

/** What a pass does to the findings of an earlier one over everything: how many are seen, resolved, and left as they are. */
async function passAfter(world: World, limits = chainLimits(0)) {
  let stored: readonly FindingRecord[] = [];
  let resolved = 0;
  const run = async (graph: ReturnType<typeof graphOf>, bounds: typeof limits, pass: number): Promise<void> => {
    const { chains } = buildChains(indexGraph(graph), bounds);
    const deps = {
      graph: { loadTenantGraph: () => Promise.resolve(graph) },
      changes: { sinceLastComplete: () => Promise.resolve({ compared: [], changes: [] }) },
      derived: { loadAll: (_: string, kind: string) => Promise.resolve(kind === 'chains' ? chains : []) },
      findings: {
        loadAll: () => Promise.resolve(stored),
        apply: (_: string, { changed }: { changed: readonly FindingRecord[] }) => {
          stored = [...new Map([...stored, ...changed].map((record) => [record.id, record])).values()];
          resolved = changed.filter(({ change }) => change === 'resolved').length;
          return Promise.resolve({ created: changed.length, updated: 0, resolved: 0, reopened: 0 });
        },
      },
    } as unknown as DerivationDeps;
    const request = { tenant_id: TENANT, pass, at: TODAY };
    await deriveFindings(deps, request as never, { signal: AbortSignal.timeout(10_000), onProgress: () => undefined }, [
      unownedPathToSensitiveData,
    ]);
  };
  await run(graphOf({}), chainLimits(0), 1);
  expect(stored).toHaveLength(BUCKETS.length);
  await run(graphOf(world), limits, 2);
  return { resolved, open: stored.filter(({ status }) => status === 'open').length };
}

test('DATA-05: chains that a bound left out resolve nothing', async () => {
  expect(await passAfter({}, CUT)).toEqual({ resolved: 0, open: 3 });
});

test('DATA-05: what is surely gone is resolved all the same: the grant, the missing owner, what is switched off', async () => {
  expect(await passAfter({ buckets: ['a', 'b'] }, CUT)).toEqual({ resolved: 1, open: 2 });
  expect(await passAfter({ owned: true }, CUT)).toEqual({ resolved: 3, open: 0 });
  expect(await passAfter({ enabled: false }, CUT)).toEqual({ resolved: 3, open: 0 });
});

test('DATA-05: where nothing was cut, what is not found is resolved', async () => {
  expect(await passAfter({ buckets: [] })).toEqual({ resolved: 3, open: 0 });
});
