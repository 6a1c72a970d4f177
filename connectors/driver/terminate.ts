/** Ending a run: asking, then killing, then making sure that nothing of it lives. */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { findTool } from './isolation/tools.ts';
import type { IsolationLevel } from './types.ts';
import { generationsOf, groupMembers, processesAtHome, processesOfUid, signal } from './processes.ts';

export interface Quarry {
  /** The spawned process: leader of its own group. */
  readonly pid: number;
  readonly level: IsolationLevel;
  readonly supervisors: 0 | 2;
  readonly runUid: number | null;
  readonly runDirectory: string;
}

/**
 * SIGTERM to the connector and everything it started. The sandbox's own processes are left out: bubblewrap does not pass a signal on,
 * it dies of it and takes the child with it before it could wrap up.
 */
export function requestEnd(quarry: Quarry): void {
  if (quarry.supervisors === 0) signal(-quarry.pid, 'SIGTERM');
  const generations = generationsOf(quarry.pid).slice(Math.max(0, quarry.supervisors - 1));
  for (const pid of generations.flat()) signal(pid, 'SIGTERM');
}

const SWEEP_ROUNDS = 100;
const SWEEP_PAUSE_MS = 20;

/** SIGKILL until nothing is left. Gives the number of processes that would not go. */
export async function killAll(quarry: Quarry): Promise<number> {
  let left: readonly number[] = [];
  for (let round = 0; round < SWEEP_ROUNDS; round += 1) {
    left = survivors(quarry);
    if (left.length === 0) return 0;
    // The group first: its leader's PID namespace goes with it, whatever is inside.
    signal(-quarry.pid, 'SIGKILL');
    for (const pid of left) signal(pid, 'SIGKILL');
    if (quarry.level === 'uid' && quarry.runUid !== null) await killUser(quarry.runUid);
    await delay(SWEEP_PAUSE_MS);
  }
  return left.length;
}

/**
 * Behind a PID namespace the group holds its PID 1, and the kernel ends every other process of the namespace before that one is gone.
 * Without one, processes may have left the group: they are found by their user, or else by their environment.
 */
function survivors(quarry: Quarry): readonly number[] {
  const members = groupMembers(quarry.pid);
  if (quarry.level === 'uid' && quarry.runUid !== null) return [...new Set([...members, ...processesOfUid(quarry.runUid)])];
  if (quarry.level === 'none') return [...new Set([...members, ...processesAtHome(quarry.runDirectory)])];
  return members;
}

/** All of a user's processes in one system call, which no amount of forking outruns (kill(2), pid −1). */
function killUser(uid: number): Promise<void> {
  const setpriv = findTool('setpriv');
  if (setpriv === null) return Promise.resolve();
  const args = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups', '/bin/sh', '-c', 'kill -KILL -1'];
  return new Promise((resolve) => {
    execFile(setpriv, args, { cwd: '/', env: {} }, () => resolve());
  });
}
