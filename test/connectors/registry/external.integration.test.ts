/** Connectors from outside the repository: from the host's file to a run, in another language (CONN-06). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOfPath } from '../../../connectors/driver/digests.ts';
import { loadExternalConnectors } from '../../../connectors/registry/external.ts';
import { createRegistry } from '../../../connectors/registry/registry.ts';
import { drive, failureOf, launchOf, makeBench } from '../driver/support.ts';

const bench = await makeBench();
const directory = join(bench.root, 'lamps');
const program = join(directory, 'lamps.sh');
mkdirSync(directory, { mode: 0o755 });
// In the language that every host has. Options come in the order of the contract.
writeFileSync(
  program,
  `set -e
. "$(dirname "$0")/names.sh"
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
printf '{"schema":"sv0.normalized-graph/1","source_system":"example","source_tenant":"%s"}\\n' "$tenant" > "$6"
printf '{"schema":"sv0.category-results/1","category_results":{"lamps":{"status":"succeeded","items_scanned":0,"started_at":"%s","ended_at":"%s","errors":[]}}}' "$at" "$at" > "$4"
`,
);
writeFileSync(join(directory, 'names.sh'), 'tenant=tenant-1\n');

const manifest = {
  kind: 'lamps',
  title: 'Lamps',
  source_system: 'example',
  version: '1.0.0',
  categories: [{ name: 'lamps', title: 'Lamps', entities: ['resource/lamp'], edges: [], permissions: [] }],
  credential_kinds: [],
  accepted_variants: {},
  capabilities: { auth: { required: false } },
  config: {},
  params: {},
};
const executable = {
  command: '/bin/sh',
  args: [program],
  read_only_paths: [directory],
  sha256: {
    '/bin/sh': await digestOfPath('/bin/sh'),
    [program]: await digestOfPath(program),
    [directory]: await digestOfPath(directory),
  },
};

let files = 0;
function fileOf(content: unknown): string {
  files += 1;
  const path = join(bench.root, `connectors-${files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
const fileWith = (changes: object): string =>
  fileOf({ schema: 'sv0.connectors/1', connectors: [{ manifest, executable: { ...executable, ...changes } }] });

test('CONN-06: a shell script is registered by its manifest and runs under the same contract', async () => {
  const registry = createRegistry(await loadExternalConnectors(fileWith({})));
  const launch = launchOf(bench, '', { executable: registry.get('lamps').executable, categories: ['lamps'] });
  expect((await drive(bench, launch)).results['lamps']?.status).toBe('succeeded');

  // What it sources is pinned with its directory, at every launch.
  writeFileSync(join(directory, 'names.sh'), 'tenant=tenant-2\n');
  expect(await failureOf(drive(bench, launch))).toMatchObject({ code: 'CONNECTOR_DIGEST_MISMATCH', subject: directory });
  writeFileSync(join(directory, 'names.sh'), 'tenant=tenant-1\n');
});

test('CONN-06: a digest that differs refuses it at the start', async () => {
  const wrong = { sha256: { ...executable.sha256, [program]: '0'.repeat(64) } };
  expect(await failureOf(loadExternalConnectors(fileWith(wrong)))).toMatchObject({ code: 'CONNECTOR_DIGEST_MISMATCH', subject: program });
});

describe('a file that is not valid', () => {
  test.each([
    ['a script without a digest', { sha256: { '/bin/sh': '0'.repeat(64), [directory]: '0'.repeat(64) } }],
    ['a directory without a digest', { sha256: { '/bin/sh': '0'.repeat(64), [program]: '0'.repeat(64) } }],
    ['a command that is not absolute', { command: 'sh' }],
    ['a digest that is none', { sha256: { ...executable.sha256, '/bin/sh': 'abc' } }],
    ['a field that there is not', { environment: { A: 'B' } }],
  ])('CONN-06: %s is refused', async (_what, changes) => {
    expect(await failureOf(loadExternalConnectors(fileWith(changes)))).toMatchObject({
      name: 'InvalidInputError',
      code: 'INVALID_CONNECTORS_FILE',
    });
  });

  test('CONN-06: text that is no JSON, and a file that is not there', async () => {
    for (const path of [fileOf('{'), join(bench.root, 'nowhere.json')]) {
      expect(await failureOf(loadExternalConnectors(path))).toMatchObject({ code: 'INVALID_CONNECTORS_FILE', field: '$' });
    }
  });
});
