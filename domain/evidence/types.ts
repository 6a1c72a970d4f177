/** Evidence packs (DATA-08): a finding with every source row that proves it, content-addressed and signed. */
import type { Provenance } from '../graph/types.ts';

/** Where a live row of an entity or edge came from; `id` is the entity's or the edge's. */
export type ProvenanceRow = Provenance & { readonly id: string };

/** One blob of a pack: canonical JSON, named by its SHA-256. */
export interface EvidenceBlob {
  readonly digest: string;
  readonly bytes: string;
}

export interface ManifestEntry {
  /** `finding.json`, `entities/<id>.json`, `edges/<id>.json`, `chains/<id>.json`, `paths/<id>.json`, `provenance.json`, `coverage.json`. */
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

/** The signed statement. Its digest leaves out when it was made: built twice, byte-identical. */
export interface EvidenceManifest {
  readonly schema: 'sv0.evidence-pack/1';
  readonly tenant_id: string;
  readonly finding_id: string;
  readonly rule: { readonly id: string; readonly version: number };
  readonly builder_versions: Readonly<Record<string, string>>;
  /** `connector_syncs` ids whose rows are in the pack, sorted. */
  readonly syncs: readonly string[];
  /** Sorted by path. */
  readonly entries: readonly ManifestEntry[];
}

/** DSSE envelope (https://github.com/secure-systems-lab/dsse): signature outside the digest, key id in the envelope. */
export interface DsseEnvelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

export interface EvidencePack {
  /** `digestOf(manifest)`. */
  readonly digest: string;
  readonly manifest: EvidenceManifest;
  readonly blobs: readonly EvidenceBlob[];
}

export interface EvidenceSigner {
  readonly keyId: string;
  sign(payloadType: string, payload: Uint8Array): Promise<DsseEnvelope>;
}
