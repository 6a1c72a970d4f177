/** docs/connectors.md: its tables are the manifests', and its example really runs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { graphEntity, graphHeader } from '../../../domain/graph/schema.ts';
import { detectIsolation } from '../../../connectors/driver/isolation/detect.ts';
import * as failures from '../../../connectors/driver/failures.ts';
import { withConnectorRun } from '../../../connectors/driver/run-connector.ts';
import { builtinManifests } from '../../../connectors/registry/builtin.ts';
import { renderConnectorsPage } from '../../../connectors/registry/describe.ts';
import { launchOf, makeBench } from '../driver/support.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/connectors.md'), 'utf8');
const bench = await makeBench();

test('CONN-03: the tables say what the manifests say (npx tsx connectors/contract/publish.ts writes them)', () => {
  expect(renderConnectorsPage(page, builtinManifests)).toBe(page);
});

test('CONN-06: the ten lines of the page are a connector', async () => {
  const example = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  expect(example.trimEnd().split('\n')).toHaveLength(10);
  const directory = join(bench.root, 'example');
  mkdirSync(directory, { mode: 0o755 });
  const program = join(directory, 'lamps.mjs');
  writeFileSync(program, example, { mode: 0o644 });
  const { available } = await detectIsolation(bench.workRoot);
  for (const isolation of available) {
    const launch = launchOf(bench, '', {
      executable: { command: process.execPath, args: [program], readOnlyPaths: [program] },
      categories: ['lamps'],
    });
    const { results, graph } = await withConnectorRun({ workRoot: bench.workRoot, isolation }, launch, async (outcome) => ({
      results: outcome.results,
      graph: readFileSync(outcome.graphPath, 'utf8'),
    }));
    expect(results['lamps']?.status).toBe('succeeded');
    const [header, entity] = graph
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(graphHeader.safeParse(header).success).toBe(true);
    const { kind, ...lamp } = entity ?? {};
    expect(kind).toBe('entity');
    expect(graphEntity.safeParse(lamp).success).toBe(true);
  }
});

test('the page names every code that the driver can fail with', () => {
  const source = readFileSync(resolve(import.meta.dirname, '../../../connectors/driver/failures.ts'), 'utf8');
  const codes = [...new Set([...source.matchAll(/code: '([A-Z_]+)'/g)].map((match) => match[1] ?? ''))];
  expect(codes.length).toBeGreaterThan(15);
  expect(Object.keys(failures).length).toBeGreaterThan(15);
  for (const code of codes) expect(page).toContain(`\`${code}\``);
});
