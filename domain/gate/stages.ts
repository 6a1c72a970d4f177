/** What the deploy gate can rebuild (GATE-01), as data: a derived collection is added here. Pure: workflows import this file. */
import { CHAIN_BUILDER_VERSION } from '../chains/version.ts';
import type { DeriveCell } from '../runs/types.ts';
import { STITCH_VERSION } from '../stitching/version.ts';

export interface GateStageFacts {
  /** The cell of the run, and with it the stage of the tenant's pass. */
  readonly cell: DeriveCell;
  /** Collections whose records carry `version` as `builder_version`. */
  readonly records: readonly ('chains' | 'paths' | 'unresolved')[];
  /** Of the code in this build: a live record of another version is stale (GATE-06). */
  readonly version: string;
}

export const GATE_STAGES = {
  chains: { cell: '__chain', records: ['chains'], version: CHAIN_BUILDER_VERSION },
  stitched_paths: { cell: '__stitch', records: ['paths', 'unresolved'], version: STITCH_VERSION },
} as const satisfies Readonly<Record<string, GateStageFacts>>;

export type GateStage = keyof typeof GATE_STAGES;
export const GATE_STAGE_NAMES = Object.keys(GATE_STAGES) as readonly GateStage[];

/** What a worker says it is, and what `--expect-builder-version` is compared with. */
export const BUILDER_VERSION = GATE_STAGE_NAMES.map((stage) => GATE_STAGES[stage].version).join('+');

export const isGateStage = (name: string): name is GateStage => Object.hasOwn(GATE_STAGES, name);

/** In pipeline order, each once. */
export const gateCells = (stages: readonly GateStage[]): readonly DeriveCell[] =>
  GATE_STAGE_NAMES.filter((stage) => stages.includes(stage)).map((stage) => GATE_STAGES[stage].cell);
