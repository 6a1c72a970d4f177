/** What can go wrong between the broker and a vault: the same codes for every vault. Nothing that the vault said is repeated. */
import { PersistentError, TransientError } from '../../domain/errors.ts';
import type { CredentialProvider } from '../../domain/tenancy/types.ts';

export const throttled = (provider: CredentialProvider): TransientError =>
  new TransientError('the vault throttles us just now', { code: 'VAULT_THROTTLED', subject: provider });

export const unavailable = (provider: CredentialProvider): TransientError =>
  new TransientError('the vault does not answer just now', { code: 'VAULT_UNAVAILABLE', subject: provider });

/** Without it there is no token at all: no managed identity on this host, or its endpoint refuses. */
export const noIdentity = (provider: CredentialProvider): PersistentError =>
  new PersistentError('the worker has no identity to show to the vault', {
    code: 'VAULT_IDENTITY_UNAVAILABLE',
    actor: 'operator',
    subject: provider,
  });

export const unauthenticated = (provider: CredentialProvider): PersistentError =>
  new PersistentError('the vault does not accept the identity of the worker', {
    code: 'VAULT_UNAUTHENTICATED',
    actor: 'operator',
    subject: provider,
  });

export const denied = (provider: CredentialProvider): PersistentError =>
  new PersistentError('the identity of the worker may not read this secret', {
    code: 'VAULT_ACCESS_DENIED',
    actor: 'operator',
    subject: provider,
  });

export const refused = (provider: CredentialProvider): PersistentError =>
  new PersistentError('the vault refused the request', { code: 'VAULT_REFUSED', actor: 'engineer', subject: provider });

export const disabled = (): PersistentError =>
  new PersistentError('the credential is disabled in the vault', { code: 'CREDENTIAL_DISABLED', actor: 'operator' });

export const expired = (at: Date): PersistentError =>
  new PersistentError(`the credential expired at ${at.toISOString()}; a new one is needed`, {
    code: 'CREDENTIAL_EXPIRED',
    actor: 'customer',
  });

export const notYetValid = (at: Date): PersistentError =>
  new PersistentError(`the credential is valid from ${at.toISOString()} on`, { code: 'CREDENTIAL_NOT_YET_VALID', actor: 'customer' });

/** The name was right and the secret is not for us: somebody filled the vault wrongly, or names were folded together. */
export const notOurs = (expected: string): PersistentError =>
  new PersistentError('the secret under this name is not marked as that of this tenant and kind', {
    code: 'VAULT_SECRET_NOT_OURS',
    actor: 'operator',
    expected,
  });
