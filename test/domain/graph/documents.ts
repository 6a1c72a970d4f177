/** Reads a whole document through the parser, and generates documents. */
import fc from 'fast-check';
import { EDGE_TYPE_TABLE } from '../../../domain/graph/edge-types.ts';
import { parseGraph, type ParseOptions } from '../../../domain/graph/parse.ts';
import { EDGE_TYPES, ENTITY_TYPES, GRAPH_SCHEMA, type GraphEdge, type GraphEntity, type GraphHeader } from '../../../domain/graph/types.ts';

export const HEADER: GraphHeader = { schema: GRAPH_SCHEMA, source_system: 'aws', source_tenant: '111122223333' };
export const EXPECTED = { source_system: 'aws', source_tenant: '111122223333', categories: ['iam_roles', 's3_buckets'] };

export interface Read {
  readonly header: GraphHeader;
  readonly entities: readonly GraphEntity[];
  readonly edges: readonly GraphEdge[];
}

export async function read(text: string | Uint8Array, options: Partial<ParseOptions> & { readonly size?: number } = {}): Promise<Read> {
  const entities: GraphEntity[] = [];
  const edges: GraphEdge[] = [];
  let header: GraphHeader | undefined;
  for await (const record of parseGraph(pieces(text, options.size ?? 64 * 1024), { expected: EXPECTED, ...options })) {
    if (record.kind === 'entity') entities.push(record.entity);
    else if (record.kind === 'edge') edges.push(record.edge);
    else header = record.header;
  }
  if (header === undefined) throw new Error('no header came');
  return { header, entities, edges };
}

export async function* pieces(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (let start = 0; start < bytes.byteLength; start += size) yield bytes.subarray(start, start + size);
}

export const entity = (change: object = {}): GraphEntity => ({
  type: 'role',
  subtype: 'iam_role',
  source_system: 'aws',
  source_tenant: '111122223333',
  native_id: 'arn:1',
  display_name: 'one',
  category: 'iam_roles',
  props: { path: '/', max: 3600, open: false, boundary: null, tags: ['a', 'b'] },
  join_keys: [{ k: 'role_arn', v: 'arn:1' }],
  ...change,
});

export const edge = (change: object = {}): GraphEdge => ({
  from: { type: 'role', native_id: 'arn:1' },
  to: { type: 'resource', native_id: 'arn:2' },
  type: 'APPLIES_TO',
  category: 'iam_roles',
  props: {},
  ...change,
});

export function lines(entities: readonly unknown[], edges: readonly unknown[] = [], header: unknown = HEADER): string {
  const records = [
    ...entities.map((it) => ({ kind: 'entity', ...(it as object) })),
    ...edges.map((it) => ({ kind: 'edge', ...(it as object) })),
  ];
  return [header, ...records].map((it) => JSON.stringify(it)).join('\n');
}

export const document = (entities: readonly unknown[], edges: readonly unknown[] = [], header: object = HEADER): string =>
  JSON.stringify({ ...header, entities, edges });

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/).filter((it) => !['constructor', 'prototype'].includes(it));
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((it) => it.length > 0 && it.length <= 1000);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const value = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 4 }),
  fc.array(number, { maxLength: 4 }),
  fc.array(fc.boolean(), { maxLength: 4 }),
);
const props = fc.dictionary(word, value, { maxKeys: 6, noNullPrototype: true });
const category = fc.constantFrom(...EXPECTED.categories);

export const anyEntity = fc.record(
  {
    type: fc.constantFrom(...ENTITY_TYPES),
    subtype: word,
    source_system: fc.constant('aws'),
    source_tenant: name,
    native_id: name,
    display_name: text,
    category,
    props,
    join_keys: fc.array(fc.record({ k: word, v: name }, { noNullPrototype: true }), { maxLength: 3 }),
  },
  { noNullPrototype: true },
);

export const anyEdge = fc.constantFrom(...EDGE_TYPES).chain((type) => {
  const ref = (types: readonly string[]) =>
    fc.record(
      { type: fc.constantFrom(...types), native_id: name, source_tenant: name },
      { requiredKeys: ['type', 'native_id'], noNullPrototype: true },
    );
  const { from, to } = EDGE_TYPE_TABLE[type];
  const fields = { from: ref(from), to: ref(to), type: fc.constant(type), category, qualifier: name, props };
  return fc.record(fields, { requiredKeys: ['from', 'to', 'type', 'category', 'props'], noNullPrototype: true });
});
