import { Readable, Writable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { runCli } from '../../cli/run.ts';
import { VERSION } from '../../cli/version.ts';

/** In the order in which they are loaded: the first of the help, and one that is asked for. */
const loaded = vi.hoisted((): string[] => []);
vi.mock('../../cli/commands/dev.ts', (original) => (loaded.push('dev'), original()));
vi.mock('../../cli/commands/runs.ts', (original) => (loaded.push('runs'), original()));

async function sv0(...words: string[]) {
  let said = '';
  const stream = new Writable({ write: (chunk, _encoding, done) => ((said += String(chunk)), done()) });
  const code = await runCli(words, { env: {}, input: Readable.from([]), out: stream, err: stream });
  return { code, said };
}

it('the version is said without loading a command, and a command is loaded alone, whatever stands before its name', async () => {
  for (const word of ['--version', '-V']) expect(await sv0(word)).toEqual({ code: 0, said: `${VERSION}\n` });
  expect(loaded).toEqual([]);
  const { code, said } = await sv0('--api', 'http://127.0.0.1:1', 'runs', '--help');
  expect([code, said.startsWith('Usage: sv0 runs'), loaded]).toEqual([0, true, ['runs']]);
});
