/** Bounds of a graph document. What exceeds one is refused with the field and the bound, never cut. */
export interface GraphLimits {
  /** Plain bytes of the whole document. */
  readonly bytes: number;
  /** Bytes of one entity or edge. */
  readonly record_bytes: number;
  readonly entities: number;
  readonly edges: number;
  /** Nesting of arrays and objects within one entity or edge; the contract itself needs 3. */
  readonly depth: number;
  /** UTF-16 code units of one string. */
  readonly string_length: number;
  /** Entries of `props` of one entity or edge. */
  readonly props: number;
  /** Items of one array. */
  readonly array_items: number;
  readonly join_keys: number;
}

export const DEFAULT_GRAPH_LIMITS: GraphLimits = {
  bytes: 512 * 1024 * 1024,
  record_bytes: 1024 * 1024,
  entities: 250_000,
  edges: 1_000_000,
  depth: 4,
  string_length: 32_768,
  props: 128,
  array_items: 5_000,
  join_keys: 256,
};
