/** Runs a connector as its driver does (CONN-01): a scope file in, two files out, an exit code, in a private folder that is gone afterwards. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ResultsFile, resultsFile } from '../../connectors/contract/results.ts';
import { SCOPE_SCHEMA } from '../../connectors/contract/scope.ts';
import type { GraphEdge, GraphEntity } from '../../domain/graph/types.ts';

export interface ScopeUnderTest {
  readonly connector: string;
  readonly source_tenant: string;
  readonly categories: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
  /** A minute when left out. */
  readonly deadlineMs?: number | undefined;
}

export interface ConnectorScan {
  readonly exitCode: number;
  readonly cells: ResultsFile['category_results'];
  readonly entities: readonly GraphEntity[];
  readonly edges: readonly GraphEdge[];
  /** The two files as they were written. */
  readonly graph: string;
  readonly results: string;
}

/** `run` gets the arguments of the contract and gives the exit code. */
export async function scanConnector(
  { deadlineMs = 60_000, params = {}, ...scope }: ScopeUnderTest,
  run: (argv: readonly string[]) => Promise<number>,
): Promise<ConnectorScan> {
  const folder = await mkdtemp(join(tmpdir(), `sv0-${scope.connector}-`));
  const file = (name: string): string => join(folder, name);
  try {
    const deadline_at = new Date(Date.now() + deadlineMs).toISOString();
    await writeFile(
      file('scope.json'),
      JSON.stringify({ schema: SCOPE_SCHEMA, run_id: 'run-1', scope_id: 'scope-1', ...scope, params, deadline_at }),
    );
    const exitCode = await run([
      '--scope-json',
      file('scope.json'),
      '--category-results-out',
      file('results.json'),
      '--graph-json',
      file('graph.jsonl'),
    ]);
    const [results, graph] = await Promise.all([readFile(file('results.json'), 'utf8'), readFile(file('graph.jsonl'), 'utf8')]);
    const records = graph
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { readonly kind: string });
    const of = (wanted: string): unknown => records.filter(({ kind }) => kind === wanted).map(({ kind: _kind, ...record }) => record);
    return {
      exitCode,
      cells: resultsFile.parse(JSON.parse(results)).category_results,
      entities: of('entity') as GraphEntity[],
      edges: of('edge') as GraphEdge[],
      graph,
      results,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
