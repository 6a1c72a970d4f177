// Runs until it is ended.
import { stay } from './contract.mjs';

process.stdout.write('begin\n');
stay();
