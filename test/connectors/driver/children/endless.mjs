// Writes until it is ended: `params.what` is graph, results, files or sparse.
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { paths, scope, stay } from './contract.mjs';

const block = Buffer.alloc(256 * 1024, 'x');
const directory = dirname(paths.graph);
const { what } = scope.params;
process.stdout.write('begin\n');
if (what === 'sparse') {
  const file = openSync(paths.graph, 'w');
  ftruncateSync(file, scope.params.bytes);
  closeSync(file);
  stay();
} else if (what === 'entries') {
  mkdirSync(join(directory, 'many'));
  for (let index = 0; ; index += 1) writeFileSync(join(directory, 'many', String(index)), '');
} else if (what === 'files') {
  for (let index = 0; ; index += 1) writeFileSync(join(directory, `part-${index}`), block);
} else {
  const file = openSync(paths[what], 'w');
  for (;;) writeSync(file, block);
}
