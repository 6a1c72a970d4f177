/** The processes of one run, as Linux's /proc shows them; elsewhere only the process group is known. */
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** Every process that is not already dead. Empty where there is no /proc. */
function processTable(): readonly ProcessRow[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const row = parseStat(Number(name), read(`/proc/${name}/stat`));
    return row === null ? [] : [row];
  });
}

/** proc(5): `pid (comm) state ppid pgrp …`, where the name may itself hold spaces and parentheses. */
function parseStat(pid: number, stat: string): ProcessRow | null {
  const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || parent === undefined || group === undefined || 'ZX'.includes(state)) return null;
  return { pid, parent: Number(parent), group: Number(group) };
}

/** Descendants of `root` by generation: its children first. */
export function generationsOf(root: number): readonly (readonly number[])[] {
  const table = processTable();
  const generations: number[][] = [];
  let parents = new Set([root]);
  while (parents.size > 0) {
    const children = table.filter((row) => parents.has(row.parent)).map((row) => row.pid);
    if (children.length > 0) generations.push(children);
    parents = new Set(children);
  }
  return generations;
}

/** Living members of a process group. Zombies that nobody reaps do not count: they hold nothing. */
export function groupMembers(group: number): readonly number[] {
  if (process.platform === 'linux') return processTable().flatMap((row) => (row.group === group ? [row.pid] : []));
  return signal(-group, 0) ? [group] : [];
}

/** Processes that still have the run's directory as HOME: what left its group without walls around it. A child that also clears its environment is not found. */
export function processesAtHome(directory: string): readonly number[] {
  return processTable().flatMap(({ pid }) => (read(`/proc/${pid}/environ`).split('\0').includes(`HOME=${directory}`) ? [pid] : []));
}

/** Processes of a user. From `status`: the owner of the directory in /proc is root for a process that made itself undumpable. */
export function processesOfUid(uid: number): readonly number[] {
  const mine = new RegExp(`^Uid:.*\\b${uid}\\b`, 'm');
  return processTable().flatMap(({ pid }) => (mine.test(read(`/proc/${pid}/status`)) ? [pid] : []));
}

/** False when there was nobody to signal (any more), or nobody that we may signal. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
