/** The shape of a pack that comes from outside: every field is checked before anything is computed from it. */
import { z } from 'zod';
import type { DsseEnvelope, EvidencePack } from './types.ts';

/** What has no canonical form cannot be digested. */
const text = z.string().refine((value) => value.isWellFormed());
const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** Relative, without `..`: an archive is unpacked by these names. */
const path = z.string().regex(/^(?:finding|provenance|coverage)\.json$|^(?:entities|edges|chains|paths)\/[0-9a-f]{64}\.json$/);

const manifest = z.strictObject({
  schema: z.literal('sv0.evidence-pack/1'),
  tenant_id: text,
  finding_id: digest,
  rule: z.strictObject({ id: text, version: z.number().int() }),
  builder_versions: z.record(text, text),
  syncs: z.array(text),
  entries: z.array(z.strictObject({ path, digest, bytes: z.number().int().nonnegative() })),
});

const packSchema = z.strictObject({ digest, manifest, blobs: z.array(z.strictObject({ digest: z.string(), bytes: z.string() })) });

const envelopeSchema = z.strictObject({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })),
});

/** `undefined` when it is not a pack at all. */
export function readPack(value: unknown): EvidencePack | undefined {
  const parsed = packSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** `undefined` when it is not an envelope at all. */
export function readEnvelope(value: unknown): DsseEnvelope | undefined {
  const parsed = envelopeSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
