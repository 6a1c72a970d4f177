/** A signing key's id: the SHA-256 of its public half (SPKI), so that anyone who has the public key can name it. */
import { createPublicKey } from 'node:crypto';
import { sha256 } from '../../domain/canonical.ts';

export function evidenceKeyId(pem: string): string {
  return sha256(createPublicKey(pem).export({ type: 'spki', format: 'der' })).slice(0, 32);
}
