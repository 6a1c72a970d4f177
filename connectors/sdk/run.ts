/**
 * The child side of the contract (CONN-01): reads the scope file, runs one step per category, writes the graph as JSON Lines
 * and the results file, and says by its exit code whether the run failed for a passing reason.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { GRAPH_SCHEMA } from '../../domain/graph/types.ts';
import { type CategoryCell, EXIT_TRANSIENT, RESULTS_SCHEMA, type ResultsFile } from '../contract/results.ts';
import { type ScopeFile, scopeFile } from '../contract/scope.ts';
import { createGraphWriter } from './graph-writer.ts';
import { runSteps } from './steps.ts';
import type { ConnectorDefinition } from './types.ts';

/** `EX_USAGE` of sysexits.h. */
const EXIT_USAGE = 64;

/** Milliseconds. */
export interface WrapUp {
  /** The connector stops reading this long before its deadline, so that what it read can still be written. */
  readonly beforeDeadlineMs: number;
  /** How long a step may take to notice. */
  readonly noticeMs: number;
}

const WRAP_UP: WrapUp = { beforeDeadlineMs: 2_000, noticeMs: 1_000 };

/** Exit codes: 0 both files are complete, 64 usage, 75 everything failed for a passing reason, 1 anything else. */
export async function runConnector<Client>(definition: ConnectorDefinition<Client>, argv = process.argv.slice(2)): Promise<never> {
  process.exit(await connectorMain(definition, argv, process.env));
}

export async function connectorMain<Client>(
  definition: ConnectorDefinition<Client>,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  wrapUp: WrapUp = WRAP_UP,
): Promise<number> {
  const paths = readPaths(argv);
  if (paths === null) return usage('usage: --scope-json FILE --category-results-out FILE --graph-json FILE');
  const scope = await readScope(paths.scope);
  if (typeof scope === 'string') return usage(`the scope file is not valid at ${scope}`);
  const { kind, source_system } = definition.manifest;
  const unknown = scope.categories.filter((category) => !Object.hasOwn(definition.steps, category));
  if (scope.connector !== kind || unknown.length > 0) return usage(`this is the connector ${kind}; it cannot read: ${unknown.join(', ')}`);

  const abort = new AbortController();
  const stop = (): void => abort.abort();
  const wrapUpTimer = setTimeout(stop, Math.max(0, Date.parse(scope.deadline_at) - Date.now() - wrapUp.beforeDeadlineMs));
  process.once('SIGTERM', stop);
  try {
    const graph = createGraphWriter(paths.graph);
    await graph.write({ schema: GRAPH_SCHEMA, source_system, source_tenant: scope.source_tenant });
    const cells = await runSteps({ definition, scope, env, signal: abort.signal, noticeMs: wrapUp.noticeMs, graph, log });
    await graph.close();
    const results: ResultsFile = { schema: RESULTS_SCHEMA, category_results: cells };
    await writeFile(`${paths.results}.tmp`, JSON.stringify(results), { mode: 0o600 });
    await rename(`${paths.results}.tmp`, paths.results);
    return allFailedTransiently(cells) ? EXIT_TRANSIENT : 0;
  } finally {
    clearTimeout(wrapUpTimer);
    process.off('SIGTERM', stop);
  }
}

function allFailedTransiently(cells: Readonly<Record<string, CategoryCell>>): boolean {
  const all = Object.values(cells);
  return all.length > 0 && all.every((cell) => cell.status === 'failed' && cell.errors[0]?.class === 'transient');
}

/** The scope, or the field that is wrong with it. */
async function readScope(path: string): Promise<ScopeFile | string> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return '$';
  }
  const parsed = scopeFile.safeParse(value);
  return parsed.success ? parsed.data : (parsed.error.issues[0]?.path.join('.') ?? '$');
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

function usage(message: string): number {
  log(message);
  return EXIT_USAGE;
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
