/**
 * A connector for tests that reports which variables it got: their names, and of each value only a digest, as entities. What it
 * was launched with can so be read from the graph, and no value is written down. Without a dependency, as any language could do it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const arg = (name) => process.argv[process.argv.indexOf(name) + 1];
const scope = JSON.parse(readFileSync(arg('--scope-json'), 'utf8'));
const system = new Set(['HOME', 'LANG', 'LC_ALL', 'PATH', 'TMPDIR']);
const at = new Date().toISOString();
const [category] = scope.categories;

const lines = [{ schema: 'sv0.normalized-graph/1', source_system: scope.connector, source_tenant: scope.source_tenant }];
for (const name of Object.keys(process.env).sort()) {
  if (system.has(name)) continue;
  lines.push({
    kind: 'entity',
    type: 'identity',
    subtype: 'account',
    source_system: scope.connector,
    source_tenant: scope.source_tenant,
    native_id: name,
    display_name: name,
    category,
    props: { digest: createHash('sha256').update(process.env[name]).digest('hex') },
    join_keys: [],
  });
}
writeFileSync(arg('--graph-json'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
const cell = { status: 'succeeded', items_scanned: lines.length - 1, started_at: at, ended_at: at, errors: [] };
const results = { schema: 'sv0.category-results/1', category_results: Object.fromEntries(scope.categories.map((name) => [name, cell])) };
writeFileSync(arg('--category-results-out'), JSON.stringify(results));
