/** A worker in a process of its own, for the tests that need one to look at or to kill: a `WorkerOrder` on stdin, answers in JSON lines. */
import { readFileSync } from 'node:fs';
import { hardenWorker } from '../../../connectors/driver/harden.ts';
import { detectIsolation } from '../../../connectors/driver/isolation/detect.ts';
import { withConnectorRun } from '../../../connectors/driver/run-connector.ts';
import { DEFAULT_OUTPUT_LIMITS, type IsolationLevel } from '../../../connectors/driver/types.ts';

export interface WorkerRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly readOnlyPaths: readonly string[];
  readonly bundle: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface WorkerOrder {
  readonly workRoot: string;
  readonly isolation: IsolationLevel;
  readonly hiddenPaths: readonly string[];
  readonly debugPort: number;
  /** Begun first, and running while the last one is looked at. */
  readonly neighbours: readonly WorkerRun[];
  readonly run: WorkerRun;
}

// Not by argument: what every process may read must not be why a canary is found.
const order = JSON.parse(readFileSync(0, 'utf8')) as WorkerOrder;
process.debugPort = order.debugPort;
hardenWorker();
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

function start(run: WorkerRun, signal: AbortSignal, onLogLine: (line: string) => void): Promise<string> {
  const deadlineAt = new Date(Date.now() + 60_000);
  return withConnectorRun(
    { workRoot: order.workRoot, isolation: order.isolation, hiddenPaths: order.hiddenPaths },
    {
      executable: { command: run.command, args: run.args, readOnlyPaths: run.readOnlyPaths },
      scope: {
        schema: 'sv0.scope/1',
        run_id: 'run-1',
        scope_id: 'scope-1',
        connector: 'test',
        source_tenant: 'tenant-1',
        categories: ['things'],
        config: {},
        params: { ...run.params, worker: process.pid },
        deadline_at: deadlineAt.toISOString(),
      },
      bundle: run.bundle,
      allowedVariables: Object.keys(run.bundle),
      limits: DEFAULT_OUTPUT_LIMITS,
      deadlineAt,
      signal,
      onHeartbeat: () => undefined,
      onLogLine,
    },
    async (outcome) => readFileSync(outcome.graphPath, 'utf8'),
  );
}

say({ orphanGuard: (await detectIsolation(order.workRoot)).orphanGuard });
const over = new AbortController();
for (const neighbour of order.neighbours) {
  await new Promise<void>((begun) => {
    start(neighbour, over.signal, () => begun()).catch(() => undefined);
  });
}
say({ graph: await start(order.run, over.signal, (line) => say({ line })).catch((error: Error) => `failed: ${error.message}`) });
over.abort();
