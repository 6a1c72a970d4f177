// What every test child needs of the contract, without the SDK: any language could do this.
import { readFileSync, writeFileSync } from 'node:fs';

export const option = (name) => process.argv[process.argv.indexOf(name) + 1];
export const paths = { scope: option('--scope-json'), results: option('--category-results-out'), graph: option('--graph-json') };
export const scope = JSON.parse(readFileSync(paths.scope, 'utf8'));

const at = '2026-11-22T10:00:00.000Z';
export const cell = { status: 'succeeded', items_scanned: 0, started_at: at, ended_at: at, errors: [] };

export function writeGraph() {
  writeFileSync(
    paths.graph,
    `${JSON.stringify({ schema: 'sv0.normalized-graph/1', source_system: 'test', source_tenant: scope.source_tenant })}\n`,
  );
}

export function writeResults(cells = Object.fromEntries(scope.categories.map((category) => [category, cell]))) {
  writeFileSync(paths.results, JSON.stringify({ schema: 'sv0.category-results/1', category_results: cells }));
}

/** Stays until it is ended. */
export function stay() {
  setInterval(() => undefined, 1_000);
}
