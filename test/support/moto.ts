/** moto (PyPI: moto[server]): AWS as others have written it down. The tests' own copy is brought by `global-setup.ts`. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunningMoto {
  readonly endpoint: string;
  stop(): void;
}

/** On a port of its own, without any state. It takes any access key. */
export async function startMoto(): Promise<RunningMoto> {
  const child = spawn(process.env['SV0_MOTO_SERVER'] ?? 'moto_server', ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let failure = 'it ended before it listened';
  child.on('error', (error) => (failure = error.message));
  for await (const line of createInterface({ input: child.stderr })) {
    const endpoint = /Running on (http:\/\/[\d.:]+)/.exec(line)?.[1];
    if (endpoint === undefined) continue;
    // It says every request: a full pipe would hold it up.
    child.stderr.resume();
    return { endpoint, stop: () => void child.kill('SIGKILL') };
  }
  throw new Error(`moto_server (PyPI: moto[server]): ${failure}`);
}
