/** A MongoDB-compatible server: `MONGODB_URI`, `mongod` on PATH, `secantusd-rs` on PATH, else SecantusDB of the Python environment. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onPath } from './on-path.ts';
import type { PythonTools } from './python-tools.ts';
import { type ServiceProcess, startService } from './service-process.ts';

export interface MongoService {
  readonly uri: string;
  readonly what: string;
  readonly process: ServiceProcess | null;
}

export interface MongoServiceOptions {
  readonly uri: string | undefined;
  readonly port: number;
  readonly dataFolder: string;
  readonly logFolder: string;
  readonly tools: () => Promise<PythonTools>;
}

export async function bringMongo({ uri, port, dataFolder, logFolder, tools }: MongoServiceOptions): Promise<MongoService> {
  if (uri !== undefined && uri !== '') return { uri, what: 'MONGODB_URI', process: null };
  const { what, command, args, folder } = await choose(port, dataFolder, tools);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const process = await startService({ name: what, command, args, port, logFile: join(logFolder, 'mongodb.log') });
  return { uri: `mongodb://127.0.0.1:${port}/?directConnection=true`, what, process };
}

async function choose(port: number, dataFolder: string, tools: () => Promise<PythonTools>) {
  const mongod = await onPath('mongod');
  if (mongod !== null) {
    const folder = join(dataFolder, 'mongod');
    return { what: 'mongod', command: mongod, folder, args: ['--port', `${port}`, '--bind_ip', '127.0.0.1', '--dbpath', folder] };
  }
  const fast = await onPath('secantusd-rs');
  const folder = join(dataFolder, fast === null ? 'secantusd-py' : 'secantusd-rs');
  // Taken as it is needed. With its default of 1 GiB the Python server was seen to spin in an insert, near the end of a long day of tests.
  const args = ['--port', `${port}`, '--storage-path', folder, '--cache-size', '4G'];
  if (fast !== null) return { what: 'secantusd-rs', command: fast, folder, args };
  return { what: 'secantusd-py', command: (await tools()).bin('secantusd-py'), folder, args };
}
