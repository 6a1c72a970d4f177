/**
 * Rotation of the key-encryption key: every data key that is wrapped with another than the current one is wrapped anew; the data itself is not
 * touched. What is done is no longer found, so a rotation that died goes on when it is started again, and two at once do no harm.
 */
import { isDomainError } from '../../domain/errors.ts';
import type { StoredCredentialRepository } from '../../storage/ports/credentials.ts';
import type { KeyEncryptionKeys } from './keys.ts';
import { wrapBinding } from './seal.ts';

export interface RotationOutcome {
  readonly rewrapped: number;
  /** Changed, revoked or re-wrapped by someone else meanwhile. */
  readonly passed_over: number;
  /** Connections whose key did not open, as `<tenant>/<instance>`: their old key is not configured here, or the row is not what was stored. */
  readonly failed: readonly string[];
}

export async function rotateKeys(
  credentials: Pick<StoredCredentialRepository, 'listWrappedOtherwise' | 'rewrap'>,
  keys: KeyEncryptionKeys,
): Promise<RotationOutcome> {
  let rewrapped = 0;
  let passed_over = 0;
  const failed: string[] = [];
  for await (const row of credentials.listWrappedOtherwise(keys.current)) {
    if (row.data_key === null) continue;
    const binding = { tenant: row.tenant_id, connection: row.instance_id, kind: row.kind, version: row.version };
    const { kek_id, wrapped } = row.data_key;
    const key = await keys.unwrap(kek_id, Buffer.from(wrapped, 'base64'), wrapBinding(binding, kek_id)).catch(notThisOne);
    if (key === null) {
      failed.push(`${row.tenant_id}/${row.instance_id}`);
      continue;
    }
    const next = await keys.wrap(key, wrapBinding(binding, keys.current));
    const done = await credentials.rewrap(row, { kek_id: keys.current, wrapped: Buffer.from(next).toString('base64') });
    if (done) rewrapped += 1;
    else passed_over += 1;
  }
  return { rewrapped, passed_over, failed: failed.sort() };
}

/** A record that does not open is passed by; a keeper that refuses or throttles us would refuse the next one too, and later it goes on from here. */
function notThisOne(error: unknown): null {
  if (isDomainError(error) && error.code !== 'CREDENTIAL_KEY_MISSING') throw error;
  return null;
}
