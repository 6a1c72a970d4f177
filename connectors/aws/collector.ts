/** Gathers what converters make and hands it on in one order, so that the order of pages and answers leaves no trace in the output. */
import type { EmittedEdge, EmittedEntity, StepContext } from '../sdk/types.ts';
import { order } from './policy/document.ts';

export interface Converted {
  readonly entities: readonly EmittedEntity[];
  readonly edges: readonly EmittedEdge[];
}

export const NOTHING: Converted = { entities: [], edges: [] };

export function combine(parts: readonly Converted[]): Converted {
  return { entities: parts.flatMap((part) => part.entities), edges: parts.flatMap((part) => part.edges) };
}

/** Entities first, then edges, each sorted by what identifies it; of two with the same identity the first given stays. */
export async function emitSorted(context: Pick<StepContext<unknown>, 'entity' | 'edge'>, converted: Converted): Promise<void> {
  for (const entity of distinct(converted.entities, entityKey)) await context.entity(entity);
  for (const edge of distinct(converted.edges, edgeKey)) await context.edge(edge);
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (!byKey.has(key)) byKey.set(key, item);
  }
  return [...byKey].sort(([a], [b]) => order(a, b)).map(([, item]) => item);
}

const entityKey = (entity: EmittedEntity): string => JSON.stringify([entity.type, entity.source_tenant ?? '', entity.native_id]);

function edgeKey({ from, to, type, qualifier }: EmittedEdge): string {
  return JSON.stringify([
    type,
    from.type,
    from.source_tenant ?? '',
    from.native_id,
    to.type,
    to.source_tenant ?? '',
    to.native_id,
    qualifier ?? '',
  ]);
}
