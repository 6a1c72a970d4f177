import type { DsseEnvelope, EvidenceBlob, EvidenceManifest } from '../../domain/evidence/types.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { EvidencePackDoc } from '../collections.ts';

export interface SignedPack {
  readonly digest: string;
  readonly manifest: EvidenceManifest;
  readonly envelope: DsseEnvelope;
}

export interface EvidenceRepository {
  /** Insert-only: a blob that is there already stays. @throws InvalidInputError when the bytes do not hash to the digest */
  putBlobs(tenant: TenantId, blobs: readonly EvidenceBlob[]): Promise<void>;
  /**
   * Inserts what is new and supersedes the older packs of the same findings. Put the blobs first.
   * Gives the number of packs whose last change is this pass's: a repeated stage gives the same.
   */
  putPacks(tenant: TenantId, packs: readonly SignedPack[], pass: { readonly pass: number; readonly now: Date }): Promise<number>;
  /**
   * Digests of the packs that are the one current pack of their finding: there is nothing to write for them. Where a writer was interrupted before it
   * superseded the older one, a finding has two, and neither is among them.
   */
  currentPacks(tenant: TenantId, findings: readonly string[]): Promise<ReadonlySet<string>>;
  /** @throws NotFoundError also for another tenant's */
  getPack(tenant: TenantId, digest: string): Promise<EvidencePackDoc>;
  /** The current pack of a finding, if it has one. */
  findByFinding(tenant: TenantId, finding: string): Promise<EvidencePackDoc | null>;
  /** In digest order. @throws NotFoundError when one is missing */
  getBlobs(tenant: TenantId, digests: readonly string[]): Promise<readonly EvidenceBlob[]>;
}
