/** A wanted port, or the next free one when the configuration allows to move, and says so. */
import { createServer } from 'node:net';
import getPort, { portNumbers } from 'get-port';
import { InvalidInputError } from '../../domain/errors.ts';
import type { Say } from './say.ts';

export async function choosePort(setting: string, wanted: number, options: { move: boolean; say: Say }): Promise<number> {
  if (wanted === 0) return await getPort({ host: '127.0.0.1' });
  if (await isFree(wanted)) return wanted;
  if (!options.move) {
    throw new InvalidInputError(`port ${wanted} is taken; change ${setting} in temporal-dev.yaml`, {
      code: 'PORT_TAKEN',
      field: setting,
      expected: 'a free port',
    });
  }
  const port = await getPort({ host: '127.0.0.1', port: portNumbers(wanted + 1, Math.min(65_535, wanted + 200)) });
  options.say(`port ${wanted} is taken: using ${port} (setting: ${setting} in temporal-dev.yaml)`);
  return port;
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
