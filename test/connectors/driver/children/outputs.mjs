// Leaves something else than a regular file of its own where a file is expected: `params.file` and `params.as`.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { paths, scope, writeGraph, writeResults } from './contract.mjs';

writeGraph();
writeResults();
const path = paths[scope.params.file];
const elsewhere = join(dirname(path), 'elsewhere');
switch (scope.params.as) {
  case 'symlink':
    rmSync(path);
    symlinkSync('/etc/passwd', path);
    break;
  case 'parent symlink':
    rmSync(path);
    symlinkSync('../../../../../../etc/passwd', path);
    break;
  case 'fifo':
    rmSync(path);
    execFileSync('/usr/bin/mkfifo', [path]);
    break;
  case 'hard link':
    linkSync(path, elsewhere);
    break;
  case 'directory':
    rmSync(path);
    mkdirSync(path);
    break;
  case 'locked directories':
    mkdirSync(join(elsewhere, 'locked'), { recursive: true });
    writeFileSync(join(elsewhere, 'locked', 'file'), '');
    execFileSync('/bin/chmod', ['000', join(elsewhere, 'locked')]);
    break;
}
