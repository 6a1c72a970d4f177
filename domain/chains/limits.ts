/** The bounds of chain building. What they cut is said on the records (`truncated`, `limit`) and in `truncated_anchors`, never silently. */
export interface ChainLimits {
  /** Edges in a chain. */
  readonly depth: number;
  readonly chainsPerAnchor: number;
  /** Over all anchors; each keeps at least one. See `fairShare`. */
  readonly chainsPerTenant: number;
  /** Steps looked at when an anchor with too many chains is surveyed for the ends that come first; shared by all such anchors. */
  readonly surveySteps: number;
}

/** A tenant may have a few chains for each thing that it has: time and storage stay linear in its size. */
export const chainLimits = (entities: number): ChainLimits => ({
  depth: 12,
  chainsPerAnchor: 256,
  chainsPerTenant: Math.max(20_000, 4 * entities),
  surveySteps: 20_000_000,
});

/** The most steps that the survey of one anchor looks at. */
export const SURVEY_PER_ANCHOR = 20_000;
