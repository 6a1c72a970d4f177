/** Checks a pack offline against keys that the checker brings (DATA-08); nothing in the pack or its envelope adds to them. */
import { Buffer } from 'node:buffer';
import { canonicalJson, digestOf, sha256 } from '../canonical.ts';
import { type TrustedKeys, verifyEnvelope } from './dsse.ts';
import { readEnvelope, readPack } from './schema.ts';
import { MANIFEST_PAYLOAD_TYPE, manifestBytes } from './sign.ts';
import type { EvidenceManifest, EvidencePack } from './types.ts';

export type PackProblemCode =
  | 'file_too_large'
  | 'malformed_file'
  | 'not_canonical'
  | 'malformed_pack'
  | 'malformed_envelope'
  | 'wrong_payload_type'
  | 'unknown_key'
  | 'bad_signature'
  | 'manifest_altered'
  | 'digest_mismatch'
  | 'duplicate_entry'
  | 'missing_blob'
  | 'blob_mismatch'
  | 'extra_blob'
  | 'finding_mismatch';

/** What is wrong, and with what: an entry's path, a blob's digest, a key id. */
export interface PackProblem {
  readonly code: PackProblemCode;
  readonly subject: string;
}

/** Every problem that there is, sorted; none means that the pack is whole and was signed by a trusted key. Takes anything, never throws. */
export function verifyPack(pack: unknown, envelope: unknown, trusted: TrustedKeys): readonly PackProblem[] {
  const problems: PackProblem[] = [];
  const readablePack = readPack(pack);
  const readableEnvelope = readEnvelope(envelope);
  if (readablePack === undefined) problems.push({ code: 'malformed_pack', subject: 'pack' });
  if (readableEnvelope === undefined) problems.push({ code: 'malformed_envelope', subject: 'envelope' });
  if (readableEnvelope !== undefined) {
    const result = verifyEnvelope(readableEnvelope, trusted, MANIFEST_PAYLOAD_TYPE);
    if (!result.ok) problems.push({ code: result.problem, subject: result.keyId ?? 'envelope' });
    if (readablePack !== undefined && Buffer.from(manifestBytes(readablePack)).toString('base64') !== readableEnvelope.payload) {
      problems.push({ code: 'manifest_altered', subject: 'manifest' });
    }
  }
  if (readablePack !== undefined) problems.push(...contentProblems(readablePack));
  return problems.sort((a, b) => order(a.code, b.code) || order(a.subject, b.subject));
}

function contentProblems(pack: EvidencePack): readonly PackProblem[] {
  const problems: PackProblem[] = [];
  if (digestOf(pack.manifest) !== pack.digest) problems.push({ code: 'digest_mismatch', subject: 'manifest' });
  const blobs = new Map(pack.blobs.map((blob) => [blob.digest, blob.bytes]));
  const named = new Set<string>();
  const paths = new Set<string>();
  for (const entry of pack.manifest.entries) {
    if (paths.has(entry.path)) problems.push({ code: 'duplicate_entry', subject: entry.path });
    paths.add(entry.path);
    named.add(entry.digest);
    const bytes = blobs.get(entry.digest);
    if (bytes === undefined) problems.push({ code: 'missing_blob', subject: entry.path });
    else if (sha256(bytes) !== entry.digest || Buffer.byteLength(bytes) !== entry.bytes)
      problems.push({ code: 'blob_mismatch', subject: entry.path });
  }
  const seen = new Set<string>();
  for (const { digest } of pack.blobs) {
    if (!named.has(digest) || seen.has(digest)) problems.push({ code: 'extra_blob', subject: digest });
    seen.add(digest);
  }
  if (!findingAgrees(pack.manifest, blobs)) problems.push({ code: 'finding_mismatch', subject: 'finding.json' });
  return problems;
}

/** The finding inside is the one that the manifest names, and every row that it names is there. */
function findingAgrees(manifest: EvidenceManifest, blobs: ReadonlyMap<string, string>): boolean {
  const entry = manifest.entries.find((one) => one.path === 'finding.json');
  const bytes = entry === undefined ? undefined : blobs.get(entry.digest);
  // A missing blob has its own name already; a missing entry has not.
  if (bytes === undefined) return entry !== undefined;
  const finding = readCanonical(bytes);
  const explanation = finding?.['explanation'];
  if (finding === undefined || !isRecord(explanation)) return false;
  const paths = new Set(manifest.entries.map((one) => one.path));
  const proves = ['entities', 'edges', 'chains', 'paths'].every((kind) => {
    const ids = explanation[kind];
    return Array.isArray(ids) && ids.every((id) => typeof id === 'string' && paths.has(`${kind}/${id}.json`));
  });
  return (
    proves &&
    finding['id'] === manifest.finding_id &&
    finding['rule_id'] === manifest.rule.id &&
    finding['rule_version'] === manifest.rule.version
  );
}

function readCanonical(bytes: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes);
    return isRecord(value) && canonicalJson(value) === bytes ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
