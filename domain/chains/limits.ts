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

export const CHAIN_LIMITS: ChainLimits = { depth: 12, chainsPerAnchor: 256, chainsPerTenant: 100_000, surveySteps: 20_000_000 };

/** The most steps that the survey of one anchor looks at. */
export const SURVEY_PER_ANCHOR = 20_000;
