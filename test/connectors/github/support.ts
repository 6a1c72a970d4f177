/** Runs the GitHub connector as its child process would be run, in a directory of its own, and reads what it wrote. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CategoryCell, ResultsFile } from '../../../connectors/contract/results.ts';
import { SCOPE_SCHEMA } from '../../../connectors/contract/scope.ts';
import type { GithubTuning } from '../../../connectors/github/client.ts';
import { githubConnectorWith } from '../../../connectors/github/connector.ts';
import { githubManifest } from '../../../connectors/github/manifest.ts';
import { connectorMain } from '../../../connectors/sdk/run.ts';
import type { GraphEdge, GraphEntity } from '../../../domain/graph/types.ts';
import { DEMO_GITHUB_TOKENS } from '../../../emulators/github/options.ts';
import { NORTHWIND } from '../../../emulators/story.ts';

export const CATEGORIES: readonly string[] = githubManifest.categories.map(({ name }) => name);
export const NORTHWIND_ORG = NORTHWIND.github.organization;

/** Quick to come back, so that a test of a retry does not wait for half a second. */
export const QUICK: GithubTuning = { retry: { baseDelayMs: 5, throttleFloorMs: 400, freshDelayMs: 30 } };

export interface ScanOptions {
  readonly organization?: string;
  readonly categories?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly token?: string;
  readonly tuning?: GithubTuning;
  readonly deadlineMs?: number;
}

export interface Scan {
  readonly code: number;
  readonly cells: Readonly<Record<string, CategoryCell>>;
  /** Both output files, as written. */
  readonly text: string;
  readonly graph: string;
  readonly entities: readonly GraphEntity[];
  readonly edges: readonly GraphEdge[];
}

export async function scan(url: string, options: ScanOptions = {}): Promise<Scan> {
  const { organization = NORTHWIND_ORG, categories = CATEGORIES, tuning = QUICK } = options;
  const tokens: Readonly<Record<string, string>> = DEMO_GITHUB_TOKENS;
  const directory = await mkdtemp(path.join(tmpdir(), 'github-scan-'));
  try {
    const [scope, results, graph] = ['scope.json', 'results.json', 'graph.jsonl'].map((name) => path.join(directory, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(
      scope,
      JSON.stringify({
        schema: SCOPE_SCHEMA,
        run_id: 'run-1',
        scope_id: 'scope-1',
        connector: 'github',
        source_tenant: organization,
        categories,
        config: { organization, base_url: url, allow_private: true, ...options.config },
        params: options.params ?? {},
        deadline_at: new Date(Date.now() + (options.deadlineMs ?? 60_000)).toISOString(),
      }),
    );
    const code = await connectorMain(
      githubConnectorWith(tuning),
      ['--scope-json', scope, '--category-results-out', results, '--graph-json', graph],
      {
        GITHUB_TOKEN: options.token ?? tokens[organization],
      },
    );
    const [resultsText, graphText] = await Promise.all([readFile(results, 'utf8'), readFile(graph, 'utf8')]);
    const lines = graphText
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { kind: string });
    return {
      code,
      cells: (JSON.parse(resultsText) as ResultsFile).category_results,
      text: resultsText + graphText,
      graph: graphText,
      entities: lines.filter(({ kind }) => kind === 'entity').map(({ kind: _kind, ...entity }) => entity as unknown as GraphEntity),
      edges: lines.filter(({ kind }) => kind === 'edge').map(({ kind: _kind, ...edge }) => edge as unknown as GraphEdge),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export const statuses = ({ cells }: Scan): Record<string, string> =>
  Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cell.status]));
