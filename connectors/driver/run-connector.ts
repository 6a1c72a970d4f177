/** The parent side of the connector subprocess: one run of one connector, from the bundle to its two files (CONN-01, CRED-09, RUN-12). */
import { constants } from 'node:fs';
import { access, chown, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { EXIT_TRANSIENT } from '../contract/results.ts';
import { GRAPH_FILE, RESULTS_FILE, SCOPE_FILE } from '../contract/files.ts';
import { validateBundle } from './bundle.ts';
import { verifyPins } from './digests.ts';
import { childEnvironment } from './environment.ts';
import {
  badFile,
  budgetExceeded,
  cancelled,
  connectorExited,
  connectorTransient,
  errnoOf,
  noGraph,
  noResults,
  outputTooLarge,
  spawnFailed,
  workDirectory,
} from './failures.ts';
import { resolveIsolation } from './isolation/detect.ts';
import { pickRunUid } from './isolation/run-uid.ts';
import { isRoot } from './isolation/tools.ts';
import type { Isolation } from './isolation/types.ts';
import { createLogSink } from './log-lines.ts';
import { measureOutput } from './output-size.ts';
import { graphSize, readResults } from './read-output.ts';
import { createRedactor } from './redact.ts';
import { makeRunDirectory, type RunDirectory, sweepRunDirectories } from './run-directory.ts';
import { superviseChild } from './supervise.ts';
import { type ConnectorExecutable, type ConnectorLaunch, type ConnectorOutcome, DEFAULT_TIMINGS, type DriverDeps } from './types.ts';

/** Room above the largest allowed file, so that the poll sees "too large" before the kernel cuts the write off. */
const FILE_LIMIT_SLACK = 64 * 1024;

/**
 * Runs the connector and hands its outcome to `use`; the private directory, and `graphPath` in it, live exactly as long as `use`. When this
 * returns or throws, no process and no file of the run is left. Failures are the domain errors of `failures.ts`.
 *
 * Call it on the main thread: the kernel ties a parent's death signal to the thread that spawned.
 */
export async function withConnectorRun<T>(
  deps: DriverDeps,
  launch: ConnectorLaunch,
  use: (outcome: ConnectorOutcome) => Promise<T>,
): Promise<T> {
  if (launch.signal.aborted) throw cancelled(launch.signal.reason);
  if (launch.deadlineAt.getTime() <= Date.now()) throw budgetExceeded();
  validateBundle(launch.bundle, launch.allowedVariables, launch.plainVariables);
  await checkExecutable(launch.executable);
  const isolation = await resolveIsolation(deps.workRoot, deps.isolation);
  launch.onIsolated?.(isolation.level);
  await sweepOnce(deps.workRoot);
  const runUid = isolation.ownUser && isRoot() ? pickRunUid() : null;
  const directory = await makeRunDirectory(deps.workRoot, runUid);
  try {
    return await use(await runIn(directory, runUid, isolation, deps, launch));
  } finally {
    await directory.remove();
  }
}

async function runIn(
  directory: RunDirectory,
  runUid: number | null,
  isolation: Isolation,
  deps: DriverDeps,
  launch: ConnectorLaunch,
): Promise<ConnectorOutcome> {
  const { limits, scope, executable, bundle } = launch;
  await writeScope(directory.path, runUid, scope);
  const redactor = createRedactor(secretsOf(launch));
  const logs = createLogSink(redactor, limits, launch.onLogLine);
  const plan = isolation.plan({
    executable,
    runDirectory: directory.path,
    runUid,
    hiddenPaths: deps.hiddenPaths ?? [],
    maxFileBytes: Math.max(limits.graphBytes, limits.resultsBytes) + FILE_LIMIT_SLACK,
  });
  const ended = await superviseChild({
    plan,
    env: childEnvironment(plan.directory, bundle),
    quarry: { level: isolation.level, supervisors: plan.supervisors, runUid, runDirectory: directory.path },
    launch,
    timings: { ...DEFAULT_TIMINGS, ...deps.timings },
    logs,
  });

  const transient = ended.code === EXIT_TRANSIENT;
  // Sizes before the exit code: a connector that the system's own file limit ended is too large, not broken.
  const { overflow } = await measureOutput(directory.path, limits);
  if (overflow !== null) throw outputTooLarge(overflow.what, overflow.limit);
  if (ended.code !== 0 && !transient) throw connectorExited(ended.code, ended.signal);
  if (!(await directory.isUnchanged())) throw badFile('results', 'the directory that the run was given');
  const owner = runUid ?? process.getuid?.() ?? 0;
  const graphPath = join(directory.path, GRAPH_FILE);
  const graphBytes = await graphSize(graphPath, owner, limits.graphBytes);
  const results = await readResults(join(directory.path, RESULTS_FILE), owner, limits.resultsBytes, scope.categories, redactor);
  if (results === null) throw transient ? connectorTransient() : noResults();
  if (graphBytes === null) throw transient ? connectorTransient() : noGraph();
  return { results, transient, graphPath, graphBytes, isolation: isolation.level, logTail: logs.tail() };
}

function secretsOf({ bundle, plainVariables = [] }: ConnectorLaunch): readonly string[] {
  return Object.keys(bundle)
    .filter((name) => !plainVariables.includes(name))
    .sort()
    .flatMap((name) => bundle[name] ?? []);
}

async function writeScope(directory: string, runUid: number | null, scope: ConnectorLaunch['scope']): Promise<void> {
  const path = join(directory, SCOPE_FILE);
  try {
    await writeFile(path, JSON.stringify(scope), { mode: 0o600, flag: 'wx' });
    if (runUid !== null) await chown(path, runUid, runUid);
  } catch (error) {
    throw workDirectory(errnoOf(error));
  }
}

/** A `=` in the path would make `env` read it as a variable. */
async function checkExecutable({ command, readOnlyPaths, pins }: ConnectorExecutable): Promise<void> {
  if (!isAbsolute(command) || command.includes('=')) throw spawnFailed('its command must be an absolute path without "="', 'EINVAL');
  try {
    await access(command, constants.X_OK);
    for (const path of readOnlyPaths) await access(path, constants.R_OK);
  } catch (error) {
    throw spawnFailed('its program or its files are not there', errnoOf(error));
  }
  await verifyPins(pins ?? {});
}

const swept = new Map<string, Promise<number>>();

/** Once per process: what a killed worker of this host left. */
async function sweepOnce(workRoot: string): Promise<void> {
  const sweep = swept.get(workRoot) ?? sweepRunDirectories(workRoot);
  swept.set(workRoot, sweep);
  await sweep;
}
