/** A hostile child against every wall of every level that this host has (security.md, "the child reads its neighbours"). */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detectIsolation } from '../../../connectors/driver/isolation/detect.ts';
import { missingWalls, WALLS } from '../../../connectors/driver/isolation/walls.ts';
import { makeBench } from './support.ts';
import type { WorkerOrder, WorkerRun } from './worker.ts';

const NEEDLE = 'sv0canary';
const bench = await makeBench();
const { available } = await detectIsolation(bench.workRoot);
const repository = resolve(import.meta.dirname, '../../..');
const root = process.getuid?.() === 0;

/** Not under /tmp, so that what is covered by name is covered for its own name. */
const ground = join(repository, 'node_modules/.cache');
mkdirSync(ground, { recursive: true });
const grounds: string[] = [];
afterAll(() => {
  for (const path of grounds) rmSync(path, { recursive: true, force: true });
});

/** Where one worker lives: its home, its state, its runs, and a file of its own somewhere else. */
function settle(uid: number | null): Record<'home' | 'state' | 'runs' | 'files' | 'keys', string> {
  const base = mkdtempSync(join(ground, 'sv0-worker-'));
  grounds.push(base);
  chmodSync(base, 0o755);
  const places = {
    home: join(base, 'home'),
    state: join(base, 'state'),
    runs: join(base, 'runs'),
    files: join(base, 'files'),
    keys: join(base, 'keys'),
  };
  for (const [name, path] of Object.entries(places)) {
    mkdirSync(path, { mode: 0o700 });
    if (name !== 'runs') writeFileSync(join(path, 'secret'), `${NEEDLE}-${name}`, { mode: 0o600 });
    if (uid !== null) for (const owned of name === 'runs' ? [path] : [path, join(path, 'secret')]) chownSync(owned, uid, uid);
  }
  return places;
}

/** An ordinary user is what a worker should be: a test run that is root looks at both, if that user can read this checkout at all. */
const ORDINARY = 1_999_999_999;
const readsCheckout = (uid: number): boolean =>
  spawnSync(process.execPath, ['-e', `require('node:fs').readFileSync(${JSON.stringify(join(import.meta.dirname, 'worker.ts'))})`], {
    uid,
    gid: uid,
    stdio: 'ignore',
  }).status === 0;
const users: readonly (number | null)[] = root && readsCheckout(ORDINARY) ? [null, ORDINARY] : [null];

const password = `${NEEDLE}-password`;
const servers: Server[] = [];
let openPort = 0;
let databasePort = 0;
let debugPort = 0;

/** Answers each line; a client that hangs up costs nothing. */
async function listen(answer: (line: string) => string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', (line) => socket.write(answer(line)));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  openPort = await listen(() => `${NEEDLE}-open\n`);
  databasePort = await listen((line) => (line === password ? `${NEEDLE}-rows\n` : 'no\n'));
  debugPort = await listen(() => '');
  await new Promise((closed) => servers.pop()?.close(closed));
});
afterAll(() => {
  for (const server of servers) server.close();
});

const run = (child: string, bundle: Record<string, string>, params: Record<string, unknown> = {}): WorkerRun => ({
  command: process.execPath,
  args: [join(bench.children, child)],
  readOnlyPaths: [bench.children],
  bundle,
  params,
});

async function hostileFindings(isolation: WorkerOrder['isolation'], uid: number | null): Promise<Record<string, boolean>> {
  const { home, state, runs, files, keys } = settle(uid);
  const order: WorkerOrder = {
    workRoot: runs,
    isolation,
    // A key file of ours somewhere else, covered by its own name.
    hiddenPaths: [state, join(keys, 'secret')],
    debugPort,
    neighbours: [run('writes-and-waits.mjs', { TEST_SECRET: `${NEEDLE}-neighbour` })],
    run: run(
      'hostile.mjs',
      { TEST_SECRET: 'my-own-secret' },
      {
        needle: [NEEDLE.slice(0, 3), NEEDLE.slice(3)],
        debug_port: debugPort,
        open_port: openPort,
        database_port: databasePort,
        places: { neighbours: runs, home, state, files, keys },
        public_files: ['/etc/hostname', '/etc/fstab', '/etc/profile', '/etc/login.defs', '/etc/shells'],
      },
    ),
  };
  const worker = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'worker.ts')], {
    cwd: repository,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, DATABASE_PASSWORD: password },
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === null ? {} : { uid, gid: uid }),
  });
  worker.stdin.end(JSON.stringify(order));
  let graph = '';
  for await (const line of createInterface({ input: worker.stdout })) graph = (JSON.parse(line) as { graph?: string }).graph ?? graph;
  return JSON.parse(graph) as Record<string, boolean>;
}

/** `namespaces` covers the temporary directories by name: in a checkout that lies there, other files are out of reach as well. */
const covered = ['/root/', '/tmp/', '/var/tmp/', '/dev/shm/', '/run/'].some((place) => `${ground}/`.startsWith(place));
const missingHere = (level: Parameters<typeof missingWalls>[0], isRoot: boolean): readonly string[] =>
  missingWalls(level, isRoot).filter((wall) => !(wall === 'files' && level === 'namespaces' && covered));

/** A level of its own for a user of its own is root's to give. */
const cases = users.flatMap((uid) => available.filter((level) => uid === null || level !== 'uid').map((level) => [level, uid] as const));

describe.each(cases)('isolated by %s, the worker being user %s', (isolation, uid) => {
  test('CRED-09: a hostile child finds exactly what the level says that it does not keep from it', async () => {
    const found = await hostileFindings(isolation, uid);
    const missing = missingHere(isolation, root && uid === null);
    expect(Object.fromEntries(Object.keys(WALLS).map((wall) => [wall, found[wall]]))).toEqual(
      Object.fromEntries(Object.keys(WALLS).map((wall) => [wall, missing.includes(wall)])),
    );
    // Only a child that is the worker's own user, with no wall at all, reads a key file that was named as hidden.
    expect(found['keys']).toBe(isolation === 'none');
    // What asks for a password holds, unless the password itself could be read.
    expect(found['database']).toBe(missing.includes('environment'));
    expect(found['metadata']).toBe(false);
    // The worker handles SIGUSR1, so not even a child that may signal it opens its debugger.
    expect(found['debugger']).toBe(false);
  });
});

/** Asked by hand, so that a level which the driver broke cannot pass for one that the host has not. */
const works = (command: string, ...args: string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

test('CRED-09: every level that works here by hand is found', () => {
  const byHand = {
    bubblewrap: works('bwrap', '--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', '--', '/bin/sh', '-c', ':'),
    namespaces: works(
      'unshare',
      ...(root ? [] : ['--user', '--map-root-user']),
      '--pid',
      '--fork',
      '--mount-proc',
      '--',
      '/bin/sh',
      '-c',
      ':',
    ),
    uid: root && works('setpriv', '--reuid', '2000000000', '--clear-groups', process.execPath, '--version'),
    none: true,
  };
  expect([...available]).toEqual(Object.entries(byHand).flatMap(([level, there]) => (there ? [level] : [])));
});

test('CRED-09: a probe that does not end says nothing of the host: no weaker level is taken for it, and it is asked again', async () => {
  const workRoot = join(bench.root, 'probed');
  await expect(detectIsolation(workRoot, 1)).rejects.toMatchObject({
    name: 'TransientError',
    code: 'CONNECTOR_SPAWN_FAILED',
    subject: 'ETIMEDOUT',
  });
  expect((await detectIsolation(workRoot)).available).toEqual(available);
});

test('CRED-09: bubblewrap and namespaces keep the environment, files and processes of the worker out of reach, whoever it is', () => {
  for (const level of ['bubblewrap', 'namespaces'] as const) {
    for (const isRoot of [true, false]) {
      for (const wall of ['environment', 'processes', 'signals', 'neighbours', 'home', 'state'] as const)
        expect(missingWalls(level, isRoot)).not.toContain(wall);
    }
  }
});
