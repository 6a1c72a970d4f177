// Prints its secret in every way that it can think of, in pieces, on both streams, and into its results.
import { setTimeout as delay } from 'node:timers/promises';
import { cell, scope, writeGraph, writeResults } from './contract.mjs';

const secret = process.env.TEST_SECRET;
for (const part of secret.match(/.{1,5}/gs)) {
  process.stdout.write(part);
  await delay(5);
}
process.stdout.write('\n');
const forms = [
  secret,
  Buffer.from(secret).toString('base64'),
  Buffer.from(`user:${secret}`).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
  JSON.stringify({ secret }),
];
for (const form of forms) process.stderr.write(`here: ${form}\n`);
process.stdout.write(`minted ghs_${'A1b2'.repeat(9)} and done\n`);
writeGraph();
const error = { code: 'TOLD', class: 'persistent', message: `it is ${secret}`, actor: 'engineer', subject: secret };
writeResults(Object.fromEntries(scope.categories.map((category) => [category, { ...cell, status: 'failed', errors: [error] }])));
