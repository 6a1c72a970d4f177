/** Pins: what a registered executable is held to at every launch (CONN-06). */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOfPath, verifyPins } from '../../../connectors/driver/digests.ts';
import { drive, failureOf, launchOf, makeBench } from './support.ts';

const bench = await makeBench();

test('CONN-06: a directory’s digest is what the documented command prints', async () => {
  const directory = join(bench.root, 'tree');
  mkdirSync(join(directory, 'b dir'), { recursive: true });
  for (const name of ['z.py', 'A.py', 'b dir/ü.txt', 'b dir/a.txt', 'b.txt']) writeFileSync(join(directory, name), name);
  const command = 'find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum';
  const printed = execFileSync('/bin/sh', ['-c', command], { cwd: directory, encoding: 'utf8' }).slice(0, 64);
  expect(await digestOfPath(directory)).toBe(printed);

  symlinkSync('/etc/passwd', join(directory, 'link'));
  await expect(digestOfPath(directory)).rejects.toThrow('a link or device has no digest');
});

test('CONN-06: a file that was changed after it was registered is not started', async () => {
  const program = join(bench.children, 'good.mjs');
  const executable = {
    command: process.execPath,
    args: [program],
    readOnlyPaths: [bench.children],
    pins: { [program]: await digestOfPath(program) },
  };
  await drive(bench, launchOf(bench, 'good.mjs', { executable }));
  appendFileSync(program, '// changed\n');
  expect(await failureOf(drive(bench, launchOf(bench, 'good.mjs', { executable })))).toMatchObject({
    code: 'CONNECTOR_DIGEST_MISMATCH',
    actor: 'operator',
    subject: program,
  });
  await expect(verifyPins({ [join(bench.root, 'gone')]: '0'.repeat(64) })).rejects.toMatchObject({ code: 'CONNECTOR_DIGEST_MISMATCH' });
});
