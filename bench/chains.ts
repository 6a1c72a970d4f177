/**
 * How long chains and stitched paths take, beside a bare breadth-first search from the same anchors over the same adjacency, in one run.
 *
 *     node --import tsx bench/chains.ts [entities…]      (default: 20000 100000)
 *
 * Times are medians of five in milliseconds. The search only marks what it reaches, so its ratio says what it costs to write the
 * chains down, with their digests.
 */
import { anchorsOf } from '../domain/chains/anchors.ts';
import { buildChains } from '../domain/chains/build.ts';
import { chainLimits } from '../domain/chains/limits.ts';
import { type StepTable, stepTable } from '../domain/chains/steps.ts';
import { indexGraph } from '../domain/graph/graph-index.ts';
import { stitchPaths } from '../domain/stitching/build.ts';
import { benchTenant } from './chains-tenant.ts';

const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
for (const size of sizes.length > 0 ? sizes : [20_000, 100_000]) report(size);

function report(size: number): void {
  const graph = benchTenant(size);
  const index = timed(() => indexGraph(graph));
  const table = stepTable(index.value);
  const anchors = anchorsOf(index.value, table);
  const bare = timed(() => search(table, anchors, chainLimits(size).depth));
  const built = timed(() => buildChains(index.value));
  const stitched = timed(() => stitchPaths(index.value, built.value.chains));
  const cut = built.value.truncated_anchors.length;
  const ratio = (built.ms / bare.ms).toFixed(1);
  process.stdout.write(
    [
      `${graph.entities.length} entities, ${graph.edges.length} edges, ${anchors.length} anchors`,
      `  index          ${index.ms.toFixed(0)} ms`,
      `  bare search    ${bare.ms.toFixed(0)} ms (${bare.value} visits)`,
      `  chains         ${built.ms.toFixed(0)} ms (${built.value.chains.length} chains, ${cut} anchors cut), ${ratio} × the bare search`,
      `  stitched paths ${stitched.ms.toFixed(0)} ms (${stitched.value.paths.length} paths${stitched.value.truncated ? ', truncated' : ''})`,
      '',
    ].join('\n'),
  );
}

function search(table: StepTable, anchors: readonly number[], depth: number): number {
  const seen = new Int32Array(table.count).fill(-1);
  let visits = 0;
  for (const anchor of anchors) {
    let frontier = [anchor];
    seen[anchor] = anchor;
    for (let level = 0; level < depth && frontier.length > 0; level += 1) {
      const next: number[] = [];
      for (const node of frontier) {
        visits += 1;
        for (let slot = table.offsets[node] as number; slot < (table.offsets[node + 1] as number); slot += 1) {
          const to = table.targets[slot] as number;
          if (seen[to] === anchor) continue;
          seen[to] = anchor;
          if (table.stops[to] === 0) next.push(to);
        }
      }
      frontier = next;
    }
  }
  return visits;
}

function timed<T>(work: () => T): { readonly ms: number; readonly value: T } {
  const times: number[] = [];
  let value = work();
  for (let n = 0; n < 5; n += 1) {
    const start = performance.now();
    value = work();
    times.push(performance.now() - start);
  }
  return { ms: times.sort((a, b) => a - b)[2] as number, value };
}
