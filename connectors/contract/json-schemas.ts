/**
 * The contract's files as JSON Schema (2020-12), for connectors in other languages (CONN-06): `docs/schemas/`. Made from the same zod schemas
 * that the driver and the graph parser check with. `npx tsx connectors/contract/publish.ts` writes them; a test compares.
 */
import { z } from 'zod';
import { graphDocument, graphEdge, graphEntity, graphHeader } from '../../domain/graph/schema.ts';
import { resultsFile } from './results.ts';
import { scopeFile } from './scope.ts';

type JsonSchema = Record<string, unknown>;

const BASE = 'urn:sv0:schema';

/** File name → its text, ending with a line feed. */
export function renderSchemas(): Readonly<Record<string, string>> {
  return {
    'graph-line.json': render('graph-line', 'One line of the JSON Lines encoding of the graph file; the first is the header', {
      oneOf: [body(graphHeader), ofKind('entity', body(graphEntity)), ofKind('edge', body(graphEdge))],
    }),
    'graph.json': render(
      'graph',
      'The graph file as one JSON document; which ends an edge type joins is in docs/connectors.md',
      body(graphDocument),
    ),
    'results.json': render(
      'results',
      'The file that --category-results-out names: one cell for every category of the scope',
      body(resultsFile),
    ),
    'scope.json': render('scope', 'The file that --scope-json names: what one run is asked to read', body(scopeFile)),
  };
}

function body(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema) as JsonSchema;
  return rest;
}

/** A record of the JSON Lines encoding says first what it is. */
function ofKind(kind: string, schema: JsonSchema): JsonSchema {
  const properties = schema['properties'] as JsonSchema;
  const required = schema['required'] as readonly string[];
  return { ...schema, properties: { kind: { const: kind }, ...properties }, required: ['kind', ...required] };
}

function render(name: string, title: string, schema: JsonSchema): string {
  return `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `${BASE}:${name}`, title, ...schema }, null, 2)}\n`;
}
