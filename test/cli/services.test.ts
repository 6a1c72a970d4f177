/** `npm start` where something is in the way: ports that are taken, data of earlier starts. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { choosePort } from '../../cli/services/ports.ts';
import { noteRunning } from '../../cli/services/running.ts';
import { openStateFolder } from '../../cli/services/state-folder.ts';

describe('a port that is taken', () => {
  it('OPS-01: is moved and said, or refused with the setting that changes it', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = taken.address() as AddressInfo;
      const said: string[] = [];
      const say = (line: string): void => void said.push(line);
      const moved = await choosePort('api.port', port, { move: true, say });
      expect(moved).not.toBe(port);
      expect(said).toEqual([`port ${port} is taken: using ${moved} (setting: api.port in temporal-dev.yaml)`]);
      await expect(choosePort('api.port', port, { move: false, say })).rejects.toMatchObject({ code: 'PORT_TAKEN', field: 'api.port' });
    } finally {
      taken.close();
    }
  });
});

describe('the state folder', () => {
  it('OPS-01: of an `npm start` that runs is touched by no other, not even by --fresh; of one that was killed it is free', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sv0-beside-'));
    const api = createHttpServer((_request, response) => void response.end('{}'));
    try {
      await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
      const { data } = await openStateFolder(root, { fresh: false, ownDatabase: true });
      await writeFile(join(data, 'something'), 'x');
      const api_url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
      const facts = { mongodb_uri: 'mongodb://x', temporal_address: 'x', temporal_ui_url: 'http://x', api_url, api_token: 'x' };
      await noteRunning(root, { pid: process.pid, ...facts });
      for (const fresh of [false, true])
        await expect(openStateFolder(root, { fresh, ownDatabase: true })).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
      expect(existsSync(join(data, 'something'))).toBe(true);
      // Killed, and its process id given to somebody else.
      await new Promise((resolve) => api.close(resolve));
      await openStateFolder(root, { fresh: true, ownDatabase: true });
      expect(existsSync(join(data, 'something'))).toBe(false);
    } finally {
      api.close();
      await rm(root, { recursive: true, force: true });
    }
  });

  it.each([
    ['its own database: data and keys go, services stay', true, { data: false, logs: false, keys: false, work: false, services: true }],
    [
      'a database that somebody else runs: the keys to it stay',
      false,
      { data: false, logs: false, keys: true, work: false, services: true },
    ],
  ])('OPS-01: --fresh with %s', async (_name, ownDatabase, kept) => {
    const root = await mkdtemp(join(tmpdir(), 'sv0-fresh-'));
    try {
      const parts = ['data', 'logs', 'keys', 'work', 'services'] as const;
      const filled = async (): Promise<void> => {
        const folder = await openStateFolder(root, { fresh: false, ownDatabase });
        for (const part of parts) await writeFile(join(folder[part], 'something'), 'x');
      };
      await filled();
      await openStateFolder(root, { fresh: false, ownDatabase });
      for (const part of parts) expect(existsSync(join(root, part, 'something'))).toBe(true);
      await openStateFolder(root, { fresh: true, ownDatabase });
      expect(Object.fromEntries(parts.map((part) => [part, existsSync(join(root, part, 'something'))]))).toEqual(kept);
      for (const part of parts) expect((await stat(join(root, part))).mode & 0o077).toBe(0);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
