/** What `npm start` has started does not outlive it, however it ends: the data folder would be held against the next start. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { expect, it } from 'vitest';
import { PROJECT } from '../../cli/folders.ts';

const SERVER = "const [port] = process.argv.slice(1); require('node:net').createServer().listen(Number(port), '127.0.0.1');";
const PARENT = `
  import { startService } from './cli/services/service-process.ts';
  import { Stops } from './cli/services/stops.ts';
  const [port = '', logFile = ''] = process.argv.slice(1);
  const stops = new Stops();
  const stopped = stops.onSignal(() => undefined);
  const args = ['-e', ${JSON.stringify(SERVER)}, port];
  const service = await startService({ name: 'a server', command: process.execPath, args, port: Number(port), logFile });
  stops.add('a server', service.stop);
  process.stdout.write('up');
  await stopped;
  await stops.run();
  process.exit();
`;

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });

it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('OPS-01: after %s no server is left behind', async (signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'sv0-left-'));
  try {
    const port = await getPort();
    const words = ['--import', 'tsx', '--input-type=module', '--eval', PARENT, String(port), join(folder, 'log')];
    const parent = execa(process.execPath, words, { cwd: PROJECT, reject: false });
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    expect(await answers(port)).toBe(true);
    parent.kill(signal);
    // Whoever can still act stops what it started in order.
    expect((await parent).exitCode).toBe(signal === 'SIGKILL' ? undefined : 0);
    await expect.poll(() => answers(port), { timeout: 5_000 }).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
