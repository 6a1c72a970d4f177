/**
 * The child side of the contract (CONN-01): reads the scope file, runs one step per category, writes the graph as JSON Lines
 * and the results file, and says by its exit code whether the run failed for a passing reason.
 */
import { createWriteStream } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { GRAPH_SCHEMA } from '../../domain/graph/types.ts';
import type { CellError } from '../../domain/runs/types.ts';
import { type CategoryCell, EXIT_TRANSIENT, RESULTS_SCHEMA, type ResultsFile } from '../contract/results.ts';
import { type ScopeFile, scopeFile } from '../contract/scope.ts';
import { type ConnectorDefinition, SourceError, type StepContext } from './types.ts';

/** The connector stops reading this long before its deadline, so that what it read can still be written. */
const WRAP_UP_MS = 2_000;
const MAX_ERRORS_PER_CATEGORY = 100;

/** Exit codes: 0 both files are complete, 64 usage, 75 everything failed for a passing reason, 1 anything else. */
export async function runConnector<Client>(definition: ConnectorDefinition<Client>, argv = process.argv.slice(2)): Promise<never> {
  process.exit(await connectorMain(definition, argv, process.env));
}

export async function connectorMain<Client>(
  definition: ConnectorDefinition<Client>,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const paths = readPaths(argv);
  if (paths === null) {
    log('usage: --scope-json FILE --category-results-out FILE --graph-json FILE');
    return 64;
  }
  const scope = scopeFile.parse(JSON.parse(await readFile(paths.scope, 'utf8')));
  const unknown = scope.categories.filter((category) => !(category in definition.steps));
  if (scope.connector !== definition.manifest.kind || unknown.length > 0) {
    log(`this is the connector ${definition.manifest.kind}; it cannot read: ${unknown.join(', ')}`);
    return 64;
  }

  const abort = new AbortController();
  const wrapUp = setTimeout(() => abort.abort(), Math.max(0, Date.parse(scope.deadline_at) - Date.now() - WRAP_UP_MS));
  process.once('SIGTERM', () => abort.abort());
  const graph = createWriteStream(paths.graph, { flags: 'w', mode: 0o600 });
  const write = async (value: unknown): Promise<void> => {
    if (!graph.write(`${JSON.stringify(value)}\n`)) await once(graph, 'drain');
  };
  await write({ schema: GRAPH_SCHEMA, source_system: definition.manifest.source_system, source_tenant: scope.source_tenant });
  const cells = await runSteps(definition, scope, env, abort.signal, write);
  clearTimeout(wrapUp);
  graph.end();
  await once(graph, 'finish');

  const results: ResultsFile = { schema: RESULTS_SCHEMA, category_results: cells };
  await writeFile(`${paths.results}.tmp`, JSON.stringify(results), { mode: 0o600 });
  await rename(`${paths.results}.tmp`, paths.results);
  return allFailedTransiently(cells) ? EXIT_TRANSIENT : 0;
}

async function runSteps<Client>(
  definition: ConnectorDefinition<Client>,
  scope: ScopeFile,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  write: (value: unknown) => Promise<void>,
): Promise<Record<string, CategoryCell>> {
  const cells: Record<string, CategoryCell> = {};
  let client: Client;
  try {
    client = await definition.connect(scope, env);
  } catch (error) {
    const at = new Date().toISOString();
    const cell = { status: 'failed' as const, items_scanned: 0, started_at: at, ended_at: at, errors: [classify(error, signal)] };
    return Object.fromEntries(scope.categories.map((category) => [category, cell]));
  }
  for (const category of scope.categories) cells[category] = await runStep(definition, category, client, scope, signal, write);
  return cells;
}

async function runStep<Client>(
  definition: ConnectorDefinition<Client>,
  category: string,
  client: Client,
  scope: ScopeFile,
  signal: AbortSignal,
  write: (value: unknown) => Promise<void>,
): Promise<CategoryCell> {
  const started_at = new Date().toISOString();
  const errors: CellError[] = [];
  let items = 0;
  let emitted = 0;
  let failed = false;
  const context: StepContext<Client> = {
    client,
    scope,
    signal,
    log,
    entity: async (entity) => {
      emitted += 1;
      await write({
        kind: 'entity',
        ...entity,
        source_system: definition.manifest.source_system,
        source_tenant: entity.source_tenant ?? scope.source_tenant,
        category,
      });
    },
    edge: async (edge) => {
      emitted += 1;
      await write({ kind: 'edge', ...edge, category });
    },
    scanned: (count) => {
      items += count;
    },
    incomplete: (error) => {
      if (errors.length < MAX_ERRORS_PER_CATEGORY) errors.push(toCellError(error));
    },
  };
  try {
    signal.throwIfAborted();
    await definition.steps[category]?.(context);
  } catch (error) {
    failed = true;
    errors.unshift(classify(error, signal));
  }
  const status = errors.length === 0 ? 'succeeded' : failed && emitted === 0 ? 'failed' : 'partial';
  log(`${category}: ${status}, ${items} items`);
  return { status, items_scanned: items, started_at, ended_at: new Date().toISOString(), errors: errors.slice(0, MAX_ERRORS_PER_CATEGORY) };
}

function classify(error: unknown, signal: AbortSignal): CellError {
  if (error instanceof SourceError) return toCellError(error);
  if (signal.aborted) {
    return { code: 'CONNECTOR_DEADLINE', class: 'timeout', message: 'the deadline came before the category was read', actor: 'operator' };
  }
  log(`unexpected ${error instanceof Error ? (error.stack ?? error.name) : 'error'}`);
  return { code: 'CONNECTOR_CODE_ERROR', class: 'persistent', message: 'the connector failed unexpectedly; its log has the stack', actor: 'engineer' };
}

function toCellError(error: SourceError): CellError {
  const facts = { code: error.code, class: error.class, message: error.message.slice(0, 1000), actor: error.actor };
  return error.subject === undefined ? facts : { ...facts, subject: error.subject.slice(0, 512) };
}

function allFailedTransiently(cells: Readonly<Record<string, CategoryCell>>): boolean {
  const all = Object.values(cells);
  return all.length > 0 && all.every((cell) => cell.status === 'failed' && cell.errors[0]?.class === 'transient');
}

function readPaths(argv: readonly string[]): { scope: string; results: string; graph: string } | null {
  const { values } = parseArgs({
    args: [...argv],
    strict: false,
    options: { 'scope-json': { type: 'string' }, 'category-results-out': { type: 'string' }, 'graph-json': { type: 'string' } },
  });
  const [scope, results, graph] = [values['scope-json'], values['category-results-out'], values['graph-json']];
  if (typeof scope !== 'string' || typeof results !== 'string' || typeof graph !== 'string') return null;
  return { scope, results, graph };
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
