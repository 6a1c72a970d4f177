/** Execution chains of a tenant (DATA-06): the same graph gives the same bytes, whatever the order of its rows. */
import { sha256 } from '../canonical.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import { at, compare, item } from '../graph/index-arrays.ts';
import type { EdgeId, EntityId } from '../graph/types.ts';
import { anchorsOf } from './anchors.ts';
import { chainEnds } from './ends.ts';
import { fairShare } from './fair-share.ts';
import { type ChainLimits, chainLimits, SURVEY_PER_ANCHOR } from './limits.ts';
import { type StepTable, stepTable } from './steps.ts';
import { type FoundChain, surveyor } from './survey.ts';
import type { ChainBuild, ExecutionChain } from './types.ts';
import { type Walk, walker } from './walk.ts';

/** Chains by id, truncated anchors by id. Linear in the graph and in the chains made, which `limits` bounds. */
export function buildChains(graph: GraphIndex, limits: ChainLimits = chainLimits(graph.entities.length)): ChainBuild {
  const table = stepTable(graph);
  const anchors = anchorsOf(graph, table);
  const walk = walker(table, limits.depth);
  const survey = surveyor(table, limits.depth);

  // Counted first, because the share of each anchor depends on all.
  const demands = anchors.map((anchor) => countChains(walk, anchor, limits.chainsPerAnchor));
  const share = fairShare(demands, limits.chainsPerAnchor, limits.chainsPerTenant);
  const tooMany = demands.filter((demand) => demand > share).length;
  const budget = Math.min(SURVEY_PER_ANCHOR, Math.ceil(limits.surveySteps / Math.max(1, tooMany)));

  const chains: ExecutionChain[] = [];
  const truncated_anchors: string[] = [];
  const record = recorder(graph, table);
  for (let n = 0; n < anchors.length; n += 1) {
    const anchor = item(anchors, n);
    const demand = item(demands, n);
    if (demand <= share) {
      walk(anchor, (path, length, cut) => {
        chains.push(record(anchor, { slots: Array.from(path.subarray(0, length)), cut }, null));
        return true;
      });
      continue;
    }
    const limit = demand > limits.chainsPerAnchor ? 'chains_per_anchor' : 'chains_per_tenant';
    truncated_anchors.push(item(graph.entities, anchor).id);
    for (const found of selectChains(walk, anchor, survey(anchor, budget), share)) chains.push(record(anchor, found, limit));
  }
  chains.sort((a, b) => compare(a.id, b.id));
  return { chains, truncated_anchors };
}

/** How many chains begin here; `most + 1` when there are more than `most`. */
function countChains(walk: Walk, anchor: number, most: number): number {
  let count = 0;
  walk(anchor, () => {
    count += 1;
    return count <= most;
  });
  return count;
}

/** `share` of the chains of an anchor that has more: first those of the survey, then the others in the order of the walk. */
function selectChains(walk: Walk, anchor: number, surveyed: readonly FoundChain[], share: number): readonly FoundChain[] {
  const found = surveyed.slice(0, share);
  if (found.length === share) return found;
  const known = new Set(surveyed.map(({ slots }) => slots.join()));
  walk(anchor, (path, length, cut) => {
    const slots = Array.from(path.subarray(0, length));
    if (!known.has(slots.join())) found.push({ slots, cut });
    return found.length < share;
  });
  return found;
}

/** Makes the record of a chain. `limit` is the bound that left out other chains of the same anchor, if one did. */
function recorder(graph: GraphIndex, table: StepTable): (anchor: number, found: FoundChain, limit: string | null) => ExecutionChain {
  const ends = chainEnds(graph, table);
  return (anchor, { slots, cut }, limit) => {
    const head = item(graph.entities, anchor);
    const edges = slots.map((slot) => item(graph.edges, at(table.edges, slot)).id);
    return {
      id: chainId(head.id, edges),
      anchor: head.id,
      nodes: [head.id, ...slots.map((slot) => item(graph.entities, at(table.targets, slot)).id)],
      edges,
      source_system: head.source_system,
      source_tenant: head.source_tenant,
      head: ends.head(anchor),
      tail: ends.tail(anchor, slots.at(-1), cut),
      truncated: cut || limit !== null,
      limit: cut ? 'depth' : limit,
    };
  };
}

/**
 * `digestOf([anchor, edges])`. Ids are hexadecimal, so their canonical JSON can be written down as it is: chains are the most numerous
 * records of a tenant, and their digests half of the time that building them takes.
 */
const chainId = (anchor: EntityId, edges: readonly EdgeId[]): string =>
  sha256(edges.length === 0 ? `["${anchor}",[]]` : `["${anchor}",["${edges.join('","')}"]]`);
