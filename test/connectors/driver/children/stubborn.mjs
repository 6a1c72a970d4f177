// Does not end when it is asked to; with `params.family` it has grandchildren that do not either, one of them in a session of its own.
import { spawn } from 'node:child_process';
import { scope, stay } from './contract.mjs';

process.on('SIGTERM', () => process.stdout.write('asked\n'));
process.on('SIGHUP', () => undefined);
const { family, marker } = scope.params;
if (family) {
  const code =
    "process.on('SIGTERM', () => {}); process.on('SIGHUP', () => {}); process.on('SIGINT', () => {}); setInterval(() => {}, 1000)";
  for (const detached of [false, true]) spawn(process.execPath, ['-e', code, '--', marker], { detached, stdio: 'ignore' });
  // Its parent ends at once, so that it becomes init's child.
  const orphan = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}, '--', ${JSON.stringify(marker)}], { detached: true, stdio: 'inherit' }).unref()`;
  spawn(process.execPath, ['-e', orphan], { detached: true, stdio: 'inherit' });
}
process.stdout.write('begin\n');
stay();
