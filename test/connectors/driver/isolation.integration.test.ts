/** A hostile child against every wall of every level that this host has (security.md, "the child reads its neighbours"). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

const home = join(bench.root, 'home');
const state = join(bench.root, 'state');
mkdirSync(join(repository, 'node_modules/.cache'), { recursive: true });
/** Outside everything that is covered by name, readable for the worker's user only. */
const elsewhere = mkdtempSync(join(repository, 'node_modules/.cache/sv0-private-'));
for (const directory of [home, state]) mkdirSync(directory, { mode: 0o700 });
for (const directory of [home, state, elsewhere]) writeFileSync(join(directory, 'secret'), `${NEEDLE}-file`, { mode: 0o600 });
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

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

async function hostileFindings(isolation: WorkerOrder['isolation']): Promise<Record<string, boolean>> {
  const order: WorkerOrder = {
    workRoot: bench.workRoot,
    isolation,
    hiddenPaths: [state],
    debugPort,
    neighbours: [run('writes-and-waits.mjs', { TEST_SECRET: `${NEEDLE}-neighbour` })],
    run: run('hostile.mjs', { TEST_SECRET: 'my-own-secret' }, {
      needle: [NEEDLE.slice(0, 3), NEEDLE.slice(3)],
      debug_port: debugPort,
      open_port: openPort,
      database_port: databasePort,
      places: { neighbours: bench.workRoot, home, state, files: elsewhere },
      public_files: ['/etc/hostname', '/etc/fstab', '/etc/profile', '/etc/login.defs', '/etc/shells'],
    }),
  };
  const worker = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'worker.ts')], {
    cwd: repository,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, DATABASE_PASSWORD: password },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  worker.stdin.end(JSON.stringify(order));
  let graph = '';
  for await (const line of createInterface({ input: worker.stdout })) graph = (JSON.parse(line) as { graph?: string }).graph ?? graph;
  return JSON.parse(graph) as Record<string, boolean>;
}

describe.each(available)('isolated by %s', (isolation) => {
  test('CRED-09: a hostile child finds exactly what the level says that it does not keep from it', async () => {
    const found = await hostileFindings(isolation);
    const missing = missingWalls(isolation, root);
    expect(Object.fromEntries(Object.keys(WALLS).map((wall) => [wall, found[wall]]))).toEqual(
      Object.fromEntries(Object.keys(WALLS).map((wall) => [wall, missing.includes(wall as keyof typeof WALLS)])),
    );
    // What asks for a password holds, unless the password itself could be read.
    expect(found['database']).toBe(missing.includes('environment'));
    expect(found['metadata']).toBe(false);
    // The worker handles SIGUSR1, so not even a child that may signal it opens its debugger.
    expect(found['debugger']).toBe(false);
  });
});

test('CRED-09: with bubblewrap or namespaces, no environment, file or process of the worker is in reach', () => {
  for (const level of ['bubblewrap', 'namespaces'] as const) {
    for (const wall of ['environment', 'signals', 'neighbours', 'home', 'state'] as const) expect(missingWalls(level, root)).not.toContain(wall);
  }
  expect(available.at(-1)).toBe('none');
});
