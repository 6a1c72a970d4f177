/**
 * A document's records as rows of one scope: scrubbed, identified, each once per category. Of a record that comes twice in a category the one
 * with the smaller content hash stays, so that order does not matter (DATA-02).
 */
import { sha256 } from '../canonical.ts';
import type { TenantId } from '../ids.ts';
import { createIdentifier, type Identifier } from './normalize.ts';
import type { GraphRecord } from './parse.ts';
import { createScrubber } from './scrub.ts';
import type { Edge, Entity, GraphHeader } from './types.ts';

/** `row` is null where the store has the same content already: only its sighting is to be written. */
export interface CollectedRow<T> {
  readonly id: string;
  readonly category: string;
  readonly content_hash: string;
  readonly row: T | null;
}

export interface CollectedGraph {
  readonly header: GraphHeader;
  /** In (id, category) order. */
  readonly entities: readonly CollectedRow<Entity>[];
  readonly edges: readonly CollectedRow<Edge>[];
  /** Both ends of every edge. */
  readonly ends: readonly { readonly from: string; readonly to: string }[];
  readonly scrubbed_strings: number;
  /** Over the rows, in order: two documents that say the same have the same. */
  readonly digest: string;
}

export interface CollectOptions {
  readonly tenant: TenantId;
  /** True when the store holds this content, live: the row is then not kept in memory. */
  readonly isStored: (kind: 'entity' | 'edge', key: string, contentHash: string) => boolean;
  readonly onRecord: (count: number) => void;
}

/** `<id>:<category>`: with the scope's id between, a row's `_id`. */
export const rowKey = (id: string, category: string): string => `${id}:${category}`;

export async function collectGraph(
  records: AsyncIterable<GraphRecord>,
  { tenant, isStored, onRecord }: CollectOptions,
): Promise<CollectedGraph> {
  const scrubber = createScrubber();
  const entities = new Map<string, CollectedRow<Entity>>();
  const edges = new Map<string, CollectedRow<Edge>>();
  const ends = new Map<string, { from: string; to: string }>();
  let header: GraphHeader | null = null;
  let identify: Identifier | null = null;
  let count = 0;

  for await (const record of records) {
    if (record.kind === 'header') {
      header = record.header;
      identify = createIdentifier(tenant, header.source_system, scrubber.text(header.source_tenant));
      continue;
    }
    if (identify === null) throw new Error('the parser gives the header first');
    if (record.kind === 'entity') keep(entities, identify.entity(scrubber.entity(record.entity)), 'entity', isStored);
    else {
      const edge = identify.edge(scrubber.edge(record.edge));
      keep(edges, edge, 'edge', isStored);
      ends.set(edge.id, { from: edge.from, to: edge.to });
    }
    count += 1;
    onRecord(count);
  }
  if (header === null) throw new Error('the parser gives a header');
  const [sortedEntities, sortedEdges] = [sorted(entities), sorted(edges)];
  const lines = [...sortedEntities, ...sortedEdges].map((row) => `${row.id} ${row.category} ${row.content_hash}\n`);
  const digest = sha256(`${header.source_system}\n${sortedEntities.length}\n${lines.join('')}`);
  return { header, entities: sortedEntities, edges: sortedEdges, ends: [...ends.values()], scrubbed_strings: scrubber.count, digest };
}

function keep<T extends Entity | Edge>(
  rows: Map<string, CollectedRow<T>>,
  row: T,
  kind: 'entity' | 'edge',
  isStored: CollectOptions['isStored'],
): void {
  const key = rowKey(row.id, row.category);
  const twin = rows.get(key);
  if (twin !== undefined && twin.content_hash <= row.content_hash) return;
  const { id, category, content_hash } = row;
  rows.set(key, { id, category, content_hash, row: isStored(kind, key, content_hash) ? null : row });
}

function sorted<T>(rows: ReadonlyMap<string, CollectedRow<T>>): CollectedRow<T>[] {
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}
