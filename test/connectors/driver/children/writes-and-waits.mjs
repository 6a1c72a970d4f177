// A neighbour: its secret is in its environment, its memory and its files.
import { writeFileSync } from 'node:fs';
import { paths, stay } from './contract.mjs';

writeFileSync(paths.graph, process.env.TEST_SECRET);
process.stdout.write('begin\n');
stay();
