/** Runs the ServiceNow connector as its parent would: three files in a private folder, a credential in the environment, an exit code. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CategoryCell, ResultsFile } from '../../../connectors/contract/results.ts';
import { SCOPE_SCHEMA } from '../../../connectors/contract/scope.ts';
import { connectorMain } from '../../../connectors/sdk/run.ts';
import type { ServicenowTuning } from '../../../connectors/servicenow/client.ts';
import { servicenowConnectorWith } from '../../../connectors/servicenow/connector.ts';
import { servicenowManifest } from '../../../connectors/servicenow/manifest.ts';
import type { GraphEdge, GraphEntity } from '../../../domain/graph/types.ts';
import { DEMO_SERVICENOW_CLIENT, DEMO_SERVICENOW_LOGIN } from '../../../emulators/servicenow/options.ts';
import { NORTHWIND } from '../../../emulators/story.ts';

export const HOST = NORTHWIND.servicenow.host;
export const NOW = new Date('2026-09-15T12:00:00Z');
export const CATEGORIES = servicenowManifest.categories.map((category) => category.name);
export const BASIC_ENV = { SERVICENOW_USERNAME: DEMO_SERVICENOW_LOGIN.username, SERVICENOW_PASSWORD: DEMO_SERVICENOW_LOGIN.password };
export const OAUTH_ENV = {
  SERVICENOW_CLIENT_ID: DEMO_SERVICENOW_CLIENT.clientId,
  SERVICENOW_CLIENT_SECRET: DEMO_SERVICENOW_CLIENT.clientSecret,
};

/** Waits of a real source, made short, and pages small enough that there are several. */
export const FAST: ServicenowTuning = {
  pageSize: 12,
  retry: { baseDelayMs: 20, maxDelayMs: 200, throttleFloorMs: 300, maxWaitMs: 20_000 },
};

export interface ServicenowScan {
  readonly exitCode: number;
  readonly cells: Readonly<Record<string, CategoryCell>>;
  readonly graphText: string;
  readonly entities: readonly GraphEntity[];
  readonly edges: readonly GraphEdge[];
}

export interface ScanOptions {
  readonly categories?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly tuning?: ServicenowTuning;
}

export async function scanServicenow(url: string, options: ScanOptions = {}): Promise<ServicenowScan> {
  const folder = await mkdtemp(join(tmpdir(), 'sv0-servicenow-'));
  const file = (name: string): string => join(folder, name);
  try {
    const scope = {
      schema: SCOPE_SCHEMA,
      run_id: 'run-1',
      scope_id: 'scope-1',
      connector: 'servicenow',
      source_tenant: HOST,
      categories: options.categories ?? CATEGORIES,
      config: { instance_url: url, allow_private: true, ...options.config },
      params: {},
      deadline_at: new Date(Date.now() + 120_000).toISOString(),
    };
    await writeFile(file('scope.json'), JSON.stringify(scope));
    const argv = ['--scope-json', file('scope.json'), '--category-results-out', file('results.json'), '--graph-json', file('graph.jsonl')];
    const exitCode = await connectorMain(servicenowConnectorWith(options.tuning ?? FAST), argv, options.env ?? BASIC_ENV);
    const results = JSON.parse(await readFile(file('results.json'), 'utf8')) as ResultsFile;
    const graphText = await readFile(file('graph.jsonl'), 'utf8');
    const lines = graphText
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { kind: string });
    return {
      exitCode,
      cells: results.category_results,
      graphText,
      entities: lines.filter((line) => line.kind === 'entity') as unknown as GraphEntity[],
      edges: lines.filter((line) => line.kind === 'edge') as unknown as GraphEdge[],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const find = (scan: ServicenowScan, nativeId: string): GraphEntity | undefined =>
  scan.entities.find((entity) => entity.native_id === nativeId);

export const edgesFrom = (scan: ServicenowScan, nativeId: string, type?: string): readonly GraphEdge[] =>
  scan.edges.filter((edge) => edge.from.native_id === nativeId && (type === undefined || edge.type === type));
