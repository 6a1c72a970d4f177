/** What of a pack is signed: its manifest, which names everything else by digest. */
import { Buffer } from 'node:buffer';
import { canonicalJson } from '../canonical.ts';
import type { DsseEnvelope, EvidencePack, EvidenceSigner } from './types.ts';

export const MANIFEST_PAYLOAD_TYPE = 'application/vnd.sv0.evidence-manifest+json';

export const manifestBytes = (pack: Pick<EvidencePack, 'manifest'>): Uint8Array => Buffer.from(canonicalJson(pack.manifest), 'utf8');

export function signPack(pack: Pick<EvidencePack, 'manifest'>, signer: EvidenceSigner): Promise<DsseEnvelope> {
  return signer.sign(MANIFEST_PAYLOAD_TYPE, manifestBytes(pack));
}
