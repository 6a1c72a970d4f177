/** What one piece of reading gave: kept until it is complete, then written in order, so that the output does not depend on which answer came first. */
import type { EmittedEdge, EmittedEntity, SourceError } from '../../sdk/types.ts';

export interface Batch {
  readonly scanned: number;
  readonly entities: readonly EmittedEntity[];
  readonly edges: readonly EmittedEdge[];
  /** What could not be read within it. */
  readonly errors: readonly SourceError[];
}

export const batchOf = (parts: Partial<Batch>): Batch => ({ scanned: 0, entities: [], edges: [], errors: [], ...parts });

export const edge = (
  from: EmittedEdge['from'],
  type: EmittedEdge['type'],
  to: EmittedEdge['to'],
  props: EmittedEdge['props'] = {},
): EmittedEdge => ({
  from,
  to,
  type,
  props,
});
