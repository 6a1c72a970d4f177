/** Runs the connector as its driver does (CONN-01): a scope file in, two files out. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { awsConnector } from '../../../connectors/aws/connector.ts';
import { type ResultsFile, resultsFile } from '../../../connectors/contract/results.ts';
import { SCOPE_SCHEMA } from '../../../connectors/contract/scope.ts';
import { connectorMain } from '../../../connectors/sdk/run.ts';
import type { GraphEdge, GraphEntity } from '../../../domain/graph/types.ts';
import { DEMO_AWS_REGIONS } from '../../../emulators/aws/world.ts';

export interface RunOptions {
  readonly account: string;
  readonly endpoint?: string;
  readonly key?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly categories?: readonly string[];
  readonly regions?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}

export interface RunOutput {
  readonly exitCode: number;
  readonly cells: ResultsFile['category_results'];
  readonly entities: readonly GraphEntity[];
  readonly edges: readonly GraphEdge[];
  /** The graph file as it was written. */
  readonly graph: string;
  readonly results: string;
  readonly log: string;
}

type Runner = (
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<{ readonly exitCode: number; readonly log: string }>;

/** In this process. */
export const runHere = (options: RunOptions): Promise<RunOutput> =>
  run(options, async (argv, env) => ({ exitCode: await connectorMain(awsConnector, argv, env), log: '' }));

/** As a child with nothing of ours in its environment. */
export const runAsChild = (options: RunOptions): Promise<RunOutput> =>
  run(options, async (argv, env) => {
    const main = join(import.meta.dirname, '../../../connectors/aws/main.ts');
    const path = { PATH: process.env['PATH'] ?? '' };
    const child = await execa('node', ['--import', 'tsx', main, ...argv], {
      env: { ...path, ...env },
      extendEnv: false,
      reject: false,
      all: true,
    });
    return { exitCode: child.exitCode ?? -1, log: child.all };
  });

async function run(options: RunOptions, runner: Runner): Promise<RunOutput> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-connector-'));
  try {
    const [scope, results, graph] = ['scope.json', 'results.json', 'graph.jsonl'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(scope, JSON.stringify(scopeOf(options)));
    const key = options.key;
    const env = {
      ...(key === undefined ? {} : { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey }),
      ...(key?.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken }),
      ...options.env,
    };
    const { exitCode, log } = await runner(['--scope-json', scope, '--category-results-out', results, '--graph-json', graph], env);
    const text = { graph: await readFile(graph, 'utf8'), results: await readFile(results, 'utf8') };
    const lines = text.graph
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { kind: string });
    return {
      exitCode,
      log,
      ...text,
      cells: resultsFile.parse(JSON.parse(text.results)).category_results,
      entities: lines.filter((line) => line.kind === 'entity') as unknown as GraphEntity[],
      edges: lines.filter((line) => line.kind === 'edge') as unknown as GraphEdge[],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function scopeOf({ account, endpoint, categories, regions, config, deadlineMs }: RunOptions): object {
  return {
    schema: SCOPE_SCHEMA,
    run_id: 'run-1',
    scope_id: 'scope-1',
    connector: 'aws',
    source_tenant: account,
    categories: categories ?? ['iam', 'lambda', 's3'],
    config: { ...(endpoint === undefined ? {} : { endpoint_url: endpoint, allow_private: true }), ...config },
    params: { regions: regions ?? DEMO_AWS_REGIONS },
    deadline_at: new Date(Date.now() + (deadlineMs ?? 60_000)).toISOString(),
  };
}
