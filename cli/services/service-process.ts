/** A server that this process starts, waits for, and stops with everything that it started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { PersistentError } from '../../domain/errors.ts';
import { onPath } from './on-path.ts';

export interface ServiceProcess {
  readonly name: string;
  /** Resolves when the process is gone; rejects never. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export interface ServiceCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Accepts connections when it is up. */
  readonly port: number;
  readonly logFile: string;
  readonly timeoutMs?: number;
}

const STOP_GRACE_MS = 5_000;

export async function startService({ name, command, args, port, logFile, timeoutMs = 30_000 }: ServiceCommand): Promise<ServiceProcess> {
  const log = openSync(logFile, 'a', 0o600);
  // Its own process group: a Ctrl-C at the terminal reaches us alone, and we stop what we started in order.
  const [program = command, ...words] = [...(await deathGuard()), command, ...args];
  const child = spawn(program, words, { stdio: ['ignore', log, log], detached: true });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Nothing outlives us, also where we end without a chance to stop it in order.
  const kill = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', kill);
  void exited.then(() => process.removeListener('exit', kill));

  const up = await Promise.race([waitForPort(port, timeoutMs), exited.then(() => false)]);
  if (!up) {
    kill();
    throw new PersistentError(`${name} did not come up; its log is ${logFile}`, {
      code: 'SERVICE_DID_NOT_START',
      actor: 'operator',
      subject: name,
    });
  }
  return {
    name,
    exited,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      signalGroup(child, 'SIGTERM');
      const timer = setTimeout(kill, STOP_GRACE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The kernel ends the service when we are killed: left behind, it would hold the data folder that the next start wants. */
async function deathGuard(): Promise<readonly string[]> {
  const setpriv = await onPath('setpriv');
  if (setpriv === null) return [];
  const guard = [setpriv, '--pdeathsig', 'TERM'];
  // Not every setpriv knows it.
  const tried = await execa(setpriv, [...guard.slice(1), 'true'], { reject: false, stdio: 'ignore' });
  return tried.exitCode === 0 ? guard : [];
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the group is gone
  }
}

async function waitForPort(port: number, timeoutMs: number): Promise<boolean> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    if (await accepts(port)) return true;
    await delay(50);
  }
  return false;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
