/** The published schemas are the ones that the code checks with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { renderSchemas } from '../../../connectors/contract/json-schemas.ts';

const docs = resolve(import.meta.dirname, '../../../docs/schemas');

test('CONN-06: docs/schemas holds what the code checks with (npx tsx connectors/contract/publish.ts writes it)', () => {
  const rendered = renderSchemas();
  expect(readdirSync(docs).sort()).toEqual(Object.keys(rendered).sort());
  for (const [name, text] of Object.entries(rendered)) expect(readFileSync(join(docs, name), 'utf8')).toBe(text);
});

test('CONN-06: a line of the graph is a header, an entity or an edge', () => {
  const line = JSON.parse(renderSchemas()['graph-line.json'] ?? '{}') as { oneOf: { required: string[]; additionalProperties: boolean }[] };
  expect(line.oneOf.map((it) => it.required[0])).toEqual(['schema', 'kind', 'kind']);
  expect(line.oneOf.every((it) => it.additionalProperties === false)).toBe(true);
});
