/**
 * A connector for tests, without dependencies: what it does is in the scope's `params`.
 * mode: ok | transient (exit 75) | throttled | crash | denied | partial | slow; entities: how many per category; sleep_ms first.
 * talks: says its secret, and tokens that it made of it, in every form.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const arg = (name) => process.argv[process.argv.indexOf(name) + 1];
const scope = JSON.parse(readFileSync(arg('--scope-json'), 'utf8'));
const { mode = 'ok', entities = 3, sleep_ms = 0, talks = false } = scope.params;
const at = new Date().toISOString();
const cell = (status, items, errors = []) => ({ status, items_scanned: items, started_at: at, ended_at: at, errors });
const error = (klass) => ({
  code: 'PROBE_FAILED',
  class: klass,
  message: 'the probe was told to fail',
  actor: klass === 'transient' ? 'nobody' : 'customer',
});

function writeGraph(categories) {
  const lines = [{ schema: 'sv0.normalized-graph/1', source_system: 'probe', source_tenant: scope.source_tenant }];
  for (const category of categories) {
    for (let index = 0; index < entities; index += 1) {
      lines.push({
        kind: 'entity',
        type: 'identity',
        subtype: 'probe',
        source_system: 'probe',
        source_tenant: scope.source_tenant,
        native_id: `${category}-${index}`,
        display_name: `${category} ${index}`,
        category,
        props: { index },
        join_keys: [],
      });
    }
  }
  writeFileSync(arg('--graph-json'), lines.map((line) => JSON.stringify(line)).join('\n') + '\n');
}

function writeResults(cells) {
  writeFileSync(arg('--category-results-out'), JSON.stringify({ schema: 'sv0.category-results/1', category_results: cells }));
}

const all = (status, items, errors) => Object.fromEntries(scope.categories.map((name) => [name, cell(status, items, errors)]));

/** In pieces, so that the ends of chunks fall inside of the tokens. */
async function say(text) {
  for (let at = 0; at < text.length; at += 7) {
    process.stdout.write(text.slice(at, at + 7));
    if (at % 70 === 0) await delay(1);
  }
  process.stdout.write('\n');
}

async function tell(secret) {
  const bytes = Buffer.from(secret);
  const long = createHash('sha512').update(secret).digest('base64').replaceAll('=', '');
  const forms = [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    JSON.stringify(secret),
  ];
  const plain = long.replaceAll(/[+/]/g, 'x');
  const jwt = `eyJ${plain.slice(0, 30)}.eyJ${plain.slice(20, 60)}.${plain}`;
  const minted = [
    jwt,
    `ghs_${plain.slice(0, 36)}`,
    `FwoGZXIvYXdz${long}`,
    Buffer.from(jwt).toString('base64'),
    `Authorization: Bearer ${plain}`,
    `<SecretAccessKey>${long.slice(0, 40)}</SecretAccessKey>`,
    `{"client_secret": "${long}"}`,
    // Wrapped: the second line has no shape of its own.
    `FwoGZXIvYXdz${long.slice(0, 60)}\n${long.slice(20)}`,
  ];
  await say('the probe talks');
  for (const form of [...forms, ...minted]) await say(form);
  process.stderr.write(`${secret.slice(0, 20)}`);
  await delay(20);
  process.stderr.write(`${secret.slice(20)}\n`);
}

/** Of the probe, and what federation mints for a source. */
const SECRETS = ['PROBE_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'ENTRA_ACCESS_TOKEN', 'GITHUB_TOKEN'];
if (talks) {
  for (const name of SECRETS) if (process.env[name] !== undefined) await tell(process.env[name]);
  process.stderr.write('the probe is done\n');
}

if (sleep_ms > 0) await delay(sleep_ms);
switch (mode) {
  case 'crash':
    process.exit(3);
    break;
  case 'transient':
    process.exit(75);
    break;
  case 'throttled':
    writeGraph([]);
    writeResults(all('failed', 0, [error('transient')]));
    break;
  case 'denied':
    writeGraph([]);
    writeResults(all('failed', 0, [error('persistent')]));
    break;
  case 'partial': {
    const [first, ...others] = scope.categories;
    writeGraph(others);
    writeResults({ ...all('succeeded', entities), [first]: cell('failed', 0, [error('persistent')]) });
    break;
  }
  case 'slow':
    for (;;) await delay(1_000);
  default:
    writeGraph(scope.categories);
    writeResults(all('succeeded', entities));
}
