/** One child from spawn to the last of its descendants: logs, heartbeats, and the reasons to end it early. The first reason wins. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { budgetExceeded, cancelled, errnoOf, outputTooLarge, spawnFailed, stragglers } from './failures.ts';
import type { SandboxPlan } from './isolation/types.ts';
import type { LogSink } from './log-lines.ts';
import { measureOutput } from './output-size.ts';
import { killAll, type Quarry, requestEnd } from './terminate.ts';
import type { ConnectorLaunch, DriverTimings } from './types.ts';
import { startWatchdog } from './watchdog.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Watched {
  readonly plan: SandboxPlan;
  readonly env: Readonly<Record<string, string>>;
  readonly quarry: Omit<Quarry, 'pid'>;
  readonly launch: Pick<ConnectorLaunch, 'limits' | 'deadlineAt' | 'signal' | 'onHeartbeat'>;
  readonly timings: DriverTimings;
  readonly logs: LogSink;
}

const SIGNALLED = 128;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** `setTimeout` fires at once beyond this. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** How long the pipes may stay open after the last process that we know of: an escaped one may hold them. */
const DRAIN_MS = 1_000;

/** Gives how the child ended by itself; throws the reason when it was ended, and `CONNECTOR_SPAWN_FAILED`. Afterwards nothing of it lives. */
export async function superviseChild(watched: Watched): Promise<Ended> {
  const { launch, timings } = watched;
  const startedAt = Date.now();
  const { child, quarry, dismissGuard } = await start(watched);
  const stopper = createStopper(quarry, timings.killGraceMs);

  const onAbort = (): void => stopper.stop(cancelled(launch.signal.reason));
  launch.signal.addEventListener('abort', onAbort, { once: true });
  if (launch.signal.aborted) onAbort();
  const budgetMs = Math.min(MAX_TIMEOUT_MS, Math.max(0, launch.deadlineAt.getTime() - Date.now()));
  const budget = setTimeout(() => stopper.stop(budgetExceeded()), budgetMs);
  let graphBytes = 0;
  const heartbeat = setInterval(
    () => stopper.guard(() => launch.onHeartbeat({ elapsed_ms: Date.now() - startedAt, graph_bytes: graphBytes })),
    timings.heartbeatMs,
  );
  const polling = new AbortController();
  const polled = poll(timings.pollMs, polling.signal, async () => {
    const size = await measureOutput(quarry.runDirectory, launch.limits);
    graphBytes = size.graphBytes;
    // No grace: every moment of it is more on the disk.
    if (size.overflow !== null) stopper.stop(outputTooLarge(size.overflow.what, size.overflow.limit), 0);
  });
  const drained = Promise.all([child.stdout, child.stderr].map((stream) => drain(stream, watched.logs, stopper)));

  try {
    const ended = endOf(await exitOf(child), watched.plan);
    const reason = stopper.over();
    const left = await killAll(quarry);
    await Promise.race([drained, delay(DRAIN_MS, undefined, { ref: false })]);
    if (reason !== null) throw reason;
    if (left > 0) throw stragglers(left);
    return ended;
  } finally {
    launch.signal.removeEventListener('abort', onAbort);
    clearTimeout(budget);
    clearInterval(heartbeat);
    polling.abort();
    await polled;
    child.stdout.destroy();
    child.stderr.destroy();
    dismissGuard();
  }
}

async function start({ plan, env, quarry }: Watched): Promise<{ child: Child; quarry: Quarry; dismissGuard: () => void }> {
  const guard = plan.supervisors === 0 ? startWatchdog(quarry) : null;
  const dismissGuard = (): void => guard?.dismiss();
  try {
    const child = spawn(plan.command, [...plan.args], { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    guard?.watch(pid);
    return { child, quarry: { ...quarry, pid }, dismissGuard };
  } catch (error) {
    dismissGuard();
    throw spawnFailed('the system refused', errnoOf(error));
  }
}

interface Stopper {
  /** Ends the child for this reason, unless there is one already. */
  stop(reason: Error, graceMs?: number): void;
  /** Runs a callback of the caller; what it throws ends the child. */
  guard(callback: () => void): void;
  /** The child has ended: the reason why it was made to, or null. Later reasons are not why. */
  over(): Error | null;
}

function createStopper(quarry: Quarry, defaultGraceMs: number): Stopper {
  let terminationReason: Error | null = null;
  let ended = false;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (reason: Error, graceMs = defaultGraceMs): void => {
    if (ended || terminationReason !== null) return;
    terminationReason = reason;
    if (graceMs > 0) requestEnd(quarry);
    killTimer = setTimeout(() => void killAll(quarry), graceMs);
  };
  return {
    stop,
    guard: (callback) => {
      try {
        callback();
      } catch (error) {
        stop(error instanceof Error ? error : new Error('a callback of the driver failed'));
      }
    },
    over: () => {
      ended = true;
      clearTimeout(killTimer);
      return terminationReason;
    },
  };
}

async function exitOf(child: Child): Promise<Ended> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}

/** The sandbox's own processes say in the shell's way what ended the connector: 128 and the number of the signal (POSIX, sh, exit status). */
function endOf(ended: Ended, { supervisors }: SandboxPlan): Ended {
  if (supervisors === 0 || ended.code === null || ended.code <= SIGNALLED) return ended;
  const number = ended.code - SIGNALLED;
  const signal = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return signal === undefined ? ended : { code: null, signal };
}

async function drain(stream: Readable, logs: LogSink, stopper: Stopper): Promise<void> {
  const lines = logs.stream();
  stream.on('data', (chunk: Buffer) => stopper.guard(() => lines.push(chunk)));
  // Destroyed in the end, or a broken pipe: there is no more log, which fails nothing.
  await once(stream, 'close').catch(() => undefined);
  stopper.guard(() => lines.end());
}

async function poll(everyMs: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
