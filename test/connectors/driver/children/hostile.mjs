// Looks for what is not its own, everywhere that `params` points at and everywhere that it can think of. Writes what it found, by place.
import { createConnection } from 'node:net';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { paths, scope, writeResults } from './contract.mjs';

const { worker, debug_port, open_port, database_port, places, public_files } = scope.params;
// In two parts, so that its own scope file is not a find.
const needle = scope.params.needle.join('');
const found = {};
const loot = new Set();

function look(text) {
  const hits = text.match(new RegExp(`${needle}[A-Za-z0-9-]*`, 'g')) ?? [];
  for (const hit of hits) loot.add(hit);
  return hits.length > 0;
}

function attempt(work) {
  try {
    return work() === true;
  } catch {
    return false;
  }
}

const readable = (path) => attempt(() => look(readFileSync(path, 'latin1')));

function walk(path, depth = 0) {
  return attempt(() => {
    if (!statSync(path).isDirectory()) return readable(path);
    return (
      depth < 4 &&
      readdirSync(path)
        .map((name) => walk(join(path, name), depth + 1))
        .includes(true)
    );
  });
}

async function ask(host, port, lines) {
  return await new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 500 }, () => socket.write(lines.join('\n')));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    for (const event of ['close', 'error', 'timeout']) socket.on(event, () => resolve(answer) ?? socket.destroy());
  });
}

const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
found.environment = pids
  .map((pid) => ['environ', 'cmdline', 'cwd/scope.json', 'root/etc/shadow'].map((file) => readable(`/proc/${pid}/${file}`)).includes(true))
  .includes(true);
found.processes = attempt(() => readFileSync(`/proc/${worker}/cmdline`, 'latin1').includes('worker.ts'));
found.signals = attempt(() => process.kill(worker, 'SIGUSR1'));
for (const [place, path] of Object.entries(places)) found[place] = walk(path);
found.public_files = public_files.some((path) => attempt(() => readFileSync(path).length >= 0));
await delay(300);
// Node's inspector and nothing else: the port was free a moment ago, so anybody may have it now.
found.debugger = /webSocketDebuggerUrl|WebSockets request was expected/.test(
  await ask('127.0.0.1', debug_port, ['GET /json/list HTTP/1.0', '', '']),
);
found.network = look(await ask('127.0.0.1', open_port, ['hello', '']));
found.metadata = look(await ask('169.254.169.254', 80, ['GET /latest/meta-data/ HTTP/1.0', '', '']));
found.database = look(await ask('127.0.0.1', database_port, [...loot, '']));

writeFileSync(paths.graph, JSON.stringify(found));
writeResults();
