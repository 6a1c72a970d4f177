/** Which function is which stage. Run in a thread in production, in place in small tests. */
import type { DeriveCell } from '../../domain/runs/types.ts';
import type { DerivationReport, DerivationRequest } from '../derive.ts';
import { deriveChains } from './chains.ts';
import type { DerivationDeps, DerivationOptions } from './deps.ts';
import { deriveEvidence } from './evidence.ts';
import { deriveFindings } from './findings.ts';
import { derivePaths } from './paths.ts';

export type { DerivationDeps, DerivationOptions } from './deps.ts';

type DerivationStage = (deps: DerivationDeps, request: DerivationRequest, options: DerivationOptions) => Promise<DerivationReport>;

export const DERIVATION_STAGES: Readonly<Record<DeriveCell, DerivationStage>> = {
  __chain: deriveChains,
  __stitch: derivePaths,
  __eval: deriveFindings,
  __evidence: deriveEvidence,
};
