/** What the derivation stages read and write. */
import type { EvidenceSigner } from '../../domain/evidence/types.ts';
import type {
  ChangeRepository,
  DerivedRepository,
  EvidenceRepository,
  FindingRepository,
  GraphRepository,
} from '../../storage/ports/index.ts';

export interface DerivationDeps {
  readonly graph: GraphRepository;
  readonly changes: ChangeRepository;
  readonly derived: DerivedRepository;
  readonly findings: FindingRepository;
  readonly evidence: EvidenceRepository;
  readonly signer: EvidenceSigner;
}

export interface DerivationOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (phase: string) => void;
}
