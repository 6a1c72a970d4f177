/** Small graph documents for tests, in both encodings. */
import { GRAPH_SCHEMA, type GraphEdge, type GraphEntity } from '../../domain/graph/types.ts';

export const ACCOUNT = '111122223333';
export const HEADER = { schema: GRAPH_SCHEMA, source_system: 'aws', source_tenant: ACCOUNT } as const;

export function role(name: string, props: GraphEntity['props'] = {}, category = 'iam_roles'): GraphEntity {
  const arn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
  return {
    type: 'role',
    subtype: 'iam_role',
    source_system: 'aws',
    source_tenant: ACCOUNT,
    native_id: arn,
    display_name: name,
    category,
    props: { path: '/', ...props },
    join_keys: [{ k: 'role_arn', v: arn }],
  };
}

export function bucket(name: string, props: GraphEntity['props'] = {}): GraphEntity {
  return {
    type: 'resource',
    subtype: 's3_bucket',
    source_system: 'aws',
    source_tenant: ACCOUNT,
    native_id: `arn:aws:s3:::${name}`,
    display_name: name,
    category: 's3_buckets',
    props,
    join_keys: [],
  };
}

export function appliesTo(from: GraphEntity, to: GraphEntity, qualifier?: string): GraphEdge {
  const edge = {
    from: { type: from.type, native_id: from.native_id },
    to: { type: to.type, native_id: to.native_id },
    type: 'APPLIES_TO',
    category: from.category,
    props: {},
  } as const;
  return qualifier === undefined ? edge : { ...edge, qualifier };
}

export type AnyRecord = GraphEntity | GraphEdge;
const isEdge = (record: AnyRecord): record is GraphEdge => 'from' in record;

export function jsonLines(records: readonly AnyRecord[], header: object = HEADER): string {
  const lines = records.map((record) => JSON.stringify({ kind: isEdge(record) ? 'edge' : 'entity', ...record }));
  return `${[JSON.stringify(header), ...lines].join('\n')}\n`;
}

export function oneDocument(records: readonly AnyRecord[], header: object = HEADER): string {
  return JSON.stringify({ ...header, entities: records.filter((record) => !isEdge(record)), edges: records.filter(isEdge) });
}

/** In pieces of `size` bytes, so that records are cut anywhere. */
export async function* bytesOf(text: string | Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array, void> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (let start = 0; start < bytes.byteLength; start += size) yield bytes.subarray(start, start + size);
}
