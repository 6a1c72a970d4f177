/** Collects what several paths or edges say of one identity: a finding outweighs doubt, and doubt outweighs `clear`. */
import type { Entity } from '../../graph/types.ts';
import type { Judgement } from './define.ts';
import { LISTED, byCodeUnit } from './order.ts';

const WEIGHT = { clear: 0, not_evaluated: 1, finding: 2 } as const;

export interface Opinion {
  readonly subject: Entity;
  readonly identity: Readonly<Record<string, string>>;
  readonly verdict: Judgement['verdict'];
  readonly missing?: string | undefined;
}

export interface Collected extends Opinion {
  /** Ids of the paths that say it, the first `LISTED` of them in order, and how many there are. */
  readonly paths: readonly string[];
  readonly path_count: number;
}

export class Opinions {
  readonly #byKey = new Map<string, { opinion: Opinion; paths: string[] }>();

  add(opinion: Opinion, path: string): void {
    const key = Object.values(opinion.identity).join('\n');
    const known = this.#byKey.get(key);
    if (known === undefined || WEIGHT[opinion.verdict] > WEIGHT[known.opinion.verdict]) this.#byKey.set(key, { opinion, paths: [path] });
    else if (WEIGHT[opinion.verdict] === WEIGHT[known.opinion.verdict]) known.paths.push(path);
  }

  /** In the order of their identities. */
  collected(): readonly Collected[] {
    return [...this.#byKey]
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([, { opinion, paths }]) => ({ ...opinion, paths: paths.sort(byCodeUnit).slice(0, LISTED), path_count: paths.length }));
  }
}
