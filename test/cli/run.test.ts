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

it('version and help are said without loading a command, and a command is loaded alone, whatever stands before its name', async () => {
  for (const word of ['--version', '-V']) expect(await sv0(word)).toEqual({ code: 0, said: `${VERSION}\n` });
  const help = await sv0('--help');
  expect([help.code, await sv0('help')]).toEqual([0, help]);
  for (const name of ['dev', 'worker', 'runs', 'deploy-gate', 'emulators']) expect(help.said).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  expect(loaded).toEqual([]);
  const { code, said } = await sv0('--api', 'http://127.0.0.1:1', 'runs', '--help');
  expect([code, said.startsWith('Usage: sv0 runs'), loaded]).toEqual([0, true, ['runs']]);
  expect([await sv0('help', 'runs'), loaded]).toEqual([{ code, said }, ['runs']]);
});

it.each([
  ['unknown command', ['dance'], '(sv0 --help shows every command)'],
  ['unknown command', ['runs', 'dance'], '(sv0 runs --help shows its commands)'],
  ['unknown option', ['scan', 'x', '--wat'], '(sv0 scan --help shows its options)'],
  ['unknown option', ['runs', 'list', '--wat'], '(sv0 runs list --help shows its options)'],
  ['required option', ['credentials', 'intake', 'create', 'x'], '(sv0 credentials intake create --help shows its options)'],
  ['is invalid', ['runs', 'list', '--status', 'ready'], '(sv0 runs list --help shows its options)'],
  ['missing required argument', ['runs', 'show'], '(sv0 runs show --help shows its options)'],
])('a mistake points to the help of its own command: %s in %j', async (what, words, help) => {
  const { code, said } = await sv0(...words);
  expect([code, said]).toEqual([2, expect.stringContaining(what)]);
  expect(said.trimEnd().endsWith(help)).toBe(true);
});
