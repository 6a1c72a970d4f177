import { writeGraph, writeResults } from './contract.mjs';

process.stdout.write('to stdout\n');
process.stderr.write('to stderr\n');
writeGraph();
writeResults();
