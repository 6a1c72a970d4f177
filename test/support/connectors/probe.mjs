/**
 * A connector for tests, without dependencies: what it does is in the scope's `params`.
 * mode: ok | transient (exit 75) | throttled | crash | denied | partial | slow; entities: how many per category; sleep_ms first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const arg = (name) => process.argv[process.argv.indexOf(name) + 1];
const scope = JSON.parse(readFileSync(arg('--scope-json'), 'utf8'));
const { mode = 'ok', entities = 3, sleep_ms = 0 } = scope.params;
const at = new Date().toISOString();
const cell = (status, items, errors = []) => ({ status, items_scanned: items, started_at: at, ended_at: at, errors });
const error = (klass) => ({
  code: 'PROBE_FAILED',
  class: klass,
  message: 'the probe was told to fail',
  actor: klass === 'transient' ? 'nobody' : 'customer',
});

function writeGraph(categories) {
  const lines = [{ schema: 'sv0.normalized-graph/1', source_system: 'probe', source_tenant: scope.source_tenant }];
  for (const category of categories) {
    for (let index = 0; index < entities; index += 1) {
      lines.push({
        kind: 'entity',
        type: 'identity',
        subtype: 'probe',
        source_system: 'probe',
        source_tenant: scope.source_tenant,
        native_id: `${category}-${index}`,
        display_name: `${category} ${index}`,
        category,
        props: { index },
        join_keys: [],
      });
    }
  }
  writeFileSync(arg('--graph-json'), lines.map((line) => JSON.stringify(line)).join('\n') + '\n');
}

function writeResults(cells) {
  writeFileSync(arg('--category-results-out'), JSON.stringify({ schema: 'sv0.category-results/1', category_results: cells }));
}

const all = (status, items, errors) => Object.fromEntries(scope.categories.map((name) => [name, cell(status, items, errors)]));

if (sleep_ms > 0) await delay(sleep_ms);
switch (mode) {
  case 'crash':
    process.exit(3);
    break;
  case 'transient':
    process.exit(75);
    break;
  case 'throttled':
    writeGraph([]);
    writeResults(all('failed', 0, [error('transient')]));
    break;
  case 'denied':
    writeGraph([]);
    writeResults(all('failed', 0, [error('persistent')]));
    break;
  case 'partial': {
    const [first, ...others] = scope.categories;
    writeGraph(others);
    writeResults({ ...all('succeeded', entities), [first]: cell('failed', 0, [error('persistent')]) });
    break;
  }
  case 'slow':
    for (;;) await delay(1_000);
  default:
    writeGraph(scope.categories);
    writeResults(all('succeeded', entities));
}
