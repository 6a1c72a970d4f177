/**
 * The largest bound per claimant, up to `most`, with which all demands together stay within `total`. Small demands are met in full
 * before large ones are cut, and the answer depends only on the multiset of demands, never on their order. At least 1.
 */
export function fairShare(demands: readonly number[], most: number, total: number): number {
  const withDemand = new Array<number>(most + 1).fill(0);
  for (const demand of demands) withDemand[Math.min(demand, most)] = (withDemand[Math.min(demand, most)] ?? 0) + 1;
  // `sum` is what a bound of `share` would give; every claimant that wants more than `share` adds one when it is raised.
  let wantingMore = demands.length - (withDemand[0] ?? 0);
  let sum = 0;
  for (let share = 0; share < most; share += 1) {
    if (sum + wantingMore > total) return Math.max(1, share);
    sum += wantingMore;
    wantingMore -= withDemand[share + 1] ?? 0;
  }
  return most;
}
