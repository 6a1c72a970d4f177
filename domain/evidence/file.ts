/**
 * A pack as one file (DATA-08): canonical JSON of the manifest, its envelope and every blob, with a line's end. Whoever writes it, from
 * the page, the API or the command line, writes the same bytes; and it has one spelling, so that no two readers see different packs in it.
 */
import { Buffer } from 'node:buffer';
import { canonicalJson } from '../canonical.ts';
import type { TrustedKeys } from './dsse.ts';
import type { DsseEnvelope, EvidencePack } from './types.ts';
import { type PackProblem, verifyPack } from './verify.ts';

/** Of what is read to be checked: a pack is tens of rows of a few kilobytes. */
export const MAX_PACK_BYTES = 64 * 1024 * 1024;

export type SealedPack = EvidencePack & { readonly envelope: DsseEnvelope };

export const packFileName = ({ digest }: Pick<EvidencePack, 'digest'>): string => `evidence-${digest.slice(0, 16)}.json`;

export function packFile({ digest, manifest, envelope, blobs }: SealedPack): string {
  const sorted = blobs.map((blob) => ({ digest: blob.digest, bytes: blob.bytes })).sort((a, b) => (a.digest < b.digest ? -1 : 1));
  return `${canonicalJson({ digest, manifest, envelope, blobs: sorted })}\n`;
}

export interface VerifiedFile {
  readonly problems: readonly PackProblem[];
  /** What it proves; null unless there is no problem: nothing of an unproven pack is worth repeating. */
  readonly pack: SealedPack | null;
}

/** Takes anything, never throws. The only keys that count are the caller's. */
export function verifyPackFile(bytes: Uint8Array, trusted: TrustedKeys): VerifiedFile {
  if (bytes.length > MAX_PACK_BYTES) return refused('file_too_large');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return refused('malformed_file');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused('malformed_file');
  const { envelope, ...pack } = value as Record<string, unknown>;
  const problems = verifyPack(pack, envelope, trusted);
  if (problems.length > 0) return { problems, pack: null };
  const sealed = value as SealedPack;
  return Buffer.from(packFile(sealed)).equals(bytes) ? { problems, pack: sealed } : refused('not_canonical');
}

const refused = (code: PackProblem['code']): VerifiedFile => ({ problems: [{ code, subject: 'file' }], pack: null });
