// Waits; when it is asked to end, it writes its files and says so.
import { stay, writeGraph, writeResults } from './contract.mjs';

process.on('SIGTERM', () => {
  writeGraph();
  writeResults();
  process.stdout.write('wrapped up\n');
  process.exit(0);
});
process.stdout.write('begin\n');
stay();
