/** What `items_scanned` of a cell counts (RUN-05), in words: of what is there, only what this run or its pass made or changed. */
import type { StageCell } from './types.ts';

export interface CountWords {
  readonly one: string;
  readonly many: string;
  /** Of a whole series. */
  readonly what: string;
}

export const STAGE_COUNTS: Readonly<Record<StageCell, CountWords>> = {
  __sync: { one: 'entity new or changed', many: 'entities new or changed', what: 'entities created or updated' },
  __chain: { one: 'chain new or changed', many: 'chains new or changed', what: 'execution chains created or updated' },
  __stitch: { one: 'path new or changed', many: 'paths new or changed', what: 'stitched paths created or updated' },
  __eval: {
    one: 'finding opened, changed or resolved',
    many: 'findings opened, changed or resolved',
    what: 'findings created, updated or resolved',
  },
  __evidence: { one: 'pack built', many: 'packs built', what: 'evidence packs built' },
};

/** Of a category of the connector, and of its own cell. */
export const READ_COUNTS: CountWords = { one: 'item read', many: 'items read', what: 'items read from the source' };

export const countWords = (cell: string): CountWords => (STAGE_COUNTS as Readonly<Record<string, CountWords>>)[cell] ?? READ_COUNTS;
