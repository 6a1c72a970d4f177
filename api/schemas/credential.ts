import { STORED_STATES, type StoredCredentialStatus } from '../../domain/credentials/stored.ts';
import { time, z } from './common.ts';

/** Presence only: there is no field that could hold a value (API-03). */
export const credentialSchema = z
  .strictObject({
    tenant_id: z.string(),
    instance_id: z.string(),
    state: z.enum(STORED_STATES),
    kind: z.string().nullable(),
    version: z.int(),
    field_names: z.array(z.string()).readonly(),
    changed_at: time.nullable(),
  })
  .openapi('StoredCredential');

export const credentialResource = (status: StoredCredentialStatus) => ({
  tenant_id: status.tenant_id as string,
  instance_id: status.instance_id as string,
  state: status.state,
  kind: status.kind,
  version: status.version,
  field_names: status.field_names,
  changed_at: status.changed_at?.toISOString() ?? null,
});

export const newCredentialSchema = z
  .strictObject({
    kind: z.string().min(1).max(64),
    fields: z.record(z.string().max(64), z.string().max(16_384)).openapi({
      description: 'The fields that the connector declares for this kind. Write-only: no answer ever has them.',
      writeOnly: true,
    }),
  })
  .openapi('NewStoredCredential');
