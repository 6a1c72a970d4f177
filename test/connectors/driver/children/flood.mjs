// More log than anyone wants, then a good end.
import { writeSync } from 'node:fs';
import { writeGraph, writeResults } from './contract.mjs';

writeGraph();
writeResults();
const line = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(256));
for (let index = 0; index < 128; index += 1) {
  for (let at = 0; at < line.length; ) {
    try {
      at += writeSync(1, line, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
