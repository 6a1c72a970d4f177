/** The bounds of stitching. What they cut is said on the paths and on the build (`truncated`), never silently. */
export interface StitchLimits {
  /** Segments in a path. */
  readonly segments: number;
  /** Paths that begin with one segment. */
  readonly pathsPerStart: number;
  /** Over all; every segment that begins a path keeps at least one. See `fairShare`. */
  readonly pathsPerTenant: number;
  /** Continuations looked at, shared by all segments that begin a path. */
  readonly looks: number;
}

/** A tenant may have about as many paths as it has things: time and storage stay linear in its size. */
export const stitchLimits = (entities: number): StitchLimits => ({
  segments: 8,
  pathsPerStart: 256,
  pathsPerTenant: Math.max(20_000, entities),
  looks: 20_000_000,
});

/** Continuations looked at from one segment on, at the most and at the least. */
const LOOKS_PER_START = { most: 100_000, least: 512 } as const;

/** The share of each of `starts` segments that lead on. */
export const looksPerStart = ({ looks }: StitchLimits, starts: number): number =>
  Math.min(LOOKS_PER_START.most, Math.max(LOOKS_PER_START.least, Math.floor(looks / Math.max(1, starts))));

/** The most candidates that an unresolved join names; `candidate_count` says how many there are. */
export const CANDIDATES_NAMED = 100;
