/** A work root and the test children, where every isolation level can reach them. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { SCOPE_SCHEMA, type ScopeFile } from '../../../connectors/contract/scope.ts';
import { withConnectorRun } from '../../../connectors/driver/run-connector.ts';
import {
  type ConnectorLaunch,
  type ConnectorOutcome,
  DEFAULT_OUTPUT_LIMITS,
  type DriverDeps,
  type OutputLimits,
} from '../../../connectors/driver/types.ts';

export interface Bench {
  readonly root: string;
  readonly workRoot: string;
  readonly children: string;
}

/** Removed after the tests of the file. */
export async function makeBench(): Promise<Bench> {
  const root = mkdtempSync(join(tmpdir(), 'sv0-driver-'));
  await chmod(root, 0o755);
  const children = join(root, 'children');
  cpSync(join(import.meta.dirname, 'children'), children, { recursive: true });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return { root, children, workRoot: join(root, 'runs') };
}

export interface LaunchOptions extends Partial<Omit<ConnectorLaunch, 'limits' | 'scope'>> {
  readonly params?: Record<string, unknown>;
  readonly categories?: readonly string[];
  readonly limits?: Partial<OutputLimits>;
  readonly budgetMs?: number;
}

export function launchOf(bench: Bench, child: string, options: LaunchOptions = {}): ConnectorLaunch {
  const { params = {}, categories = ['things'], limits, budgetMs = 30_000, ...rest } = options;
  const deadlineAt = new Date(Date.now() + budgetMs);
  const scope: ScopeFile = {
    schema: SCOPE_SCHEMA,
    run_id: 'run-1',
    scope_id: 'scope-1',
    connector: 'test',
    source_tenant: 'tenant-1',
    categories: [...categories],
    config: {},
    params,
    deadline_at: deadlineAt.toISOString(),
  };
  return {
    executable: { command: process.execPath, args: [join(bench.children, child)], readOnlyPaths: [bench.children] },
    bundle: {},
    allowedVariables: ['TEST_ID', 'TEST_SECRET'],
    deadlineAt,
    signal: new AbortController().signal,
    onHeartbeat: () => undefined,
    onLogLine: () => undefined,
    ...rest,
    scope,
    limits: { ...DEFAULT_OUTPUT_LIMITS, ...limits },
  };
}

export type Driven = Partial<Omit<DriverDeps, 'workRoot'>>;

const identity = async (outcome: ConnectorOutcome): Promise<ConnectorOutcome> => outcome;

export async function drive(bench: Bench, launch: ConnectorLaunch, deps: Driven = {}): Promise<ConnectorOutcome> {
  return await withConnectorRun(
    { workRoot: bench.workRoot, timings: { killGraceMs: 400, pollMs: 30, heartbeatMs: 50 }, ...deps },
    launch,
    identity,
  );
}

/** What it failed with; a run that succeeds is a failure of the test. */
export async function failureOf(
  run: Promise<unknown>,
): Promise<Error & { code?: string; field?: string; subject?: string; actor?: string }> {
  return await run.then(
    () => {
      throw new Error('the run succeeded');
    },
    (error: unknown) => error as Error,
  );
}

/** Run directories that are there now. */
export const runDirectories = (bench: Bench): readonly string[] => readdirSync(bench.workRoot).filter((name) => name.startsWith('run-'));

/** Linux: the processes whose command line has this text. */
export function processesWith(text: string): readonly number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) && read(`/proc/${name}/cmdline`).includes(text) ? [Number(name)] : []));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Polls until it is true; fails after `withinMs`. */
export async function until(condition: () => boolean, withinMs = 10_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not so within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
