import type { PackView } from '../../domain/views/types.ts';
import { time, z } from './common.ts';

const manifestSchema = z.strictObject({
  schema: z.literal('sv0.evidence-pack/1'),
  tenant_id: z.string(),
  finding_id: z.string(),
  rule: z.strictObject({ id: z.string(), version: z.int() }),
  builder_versions: z.record(z.string(), z.string()),
  syncs: z.array(z.string()).readonly(),
  entries: z.array(z.strictObject({ path: z.string(), digest: z.string(), bytes: z.int() })).readonly(),
});

const envelopeSchema = z.strictObject({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })).readonly(),
});

export const packSchema = z
  .strictObject({
    digest: z.string(),
    tenant_id: z.string(),
    finding_id: z.string(),
    rule_id: z.string(),
    manifest: manifestSchema,
    envelope: envelopeSchema,
    built_at: time,
    superseded_at: time.nullable(),
  })
  .openapi('EvidencePack');

export const packResource = (pack: PackView) => ({
  digest: pack.digest,
  tenant_id: pack.tenant_id as string,
  finding_id: pack.finding_id,
  rule_id: pack.rule_id,
  manifest: { ...pack.manifest, builder_versions: { ...pack.manifest.builder_versions } },
  envelope: pack.envelope,
  built_at: pack.built_at.toISOString(),
  superseded_at: pack.superseded_at?.toISOString() ?? null,
});

/** A pack as one file, complete for `sv0 evidence verify`: the blobs are canonical JSON, each named by its digest. */
export const packFileSchema = z
  .strictObject({
    digest: z.string(),
    manifest: manifestSchema,
    envelope: envelopeSchema,
    blobs: z.array(z.strictObject({ digest: z.string(), bytes: z.string() })).readonly(),
  })
  .openapi('EvidencePackFile');
