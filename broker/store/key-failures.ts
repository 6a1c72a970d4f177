/** What can go wrong between the store and the one who keeps its key: the same codes for every keeper, and nothing that it said. */
import { PersistentError, TransientError } from '../../domain/errors.ts';

export const missing = (key: string): PersistentError =>
  new PersistentError('a stored credential is wrapped with a key that this host does not have', {
    code: 'CREDENTIAL_KEY_MISSING',
    actor: 'operator',
    subject: key,
  });

export const denied = (key: string): PersistentError =>
  new PersistentError('the identity of this host may not use the key-encryption key', {
    code: 'CREDENTIAL_KEY_DENIED',
    actor: 'operator',
    subject: key,
  });

/** No token at all, or one that the keeper does not take. */
export const unauthenticated = (key: string): PersistentError =>
  new PersistentError('this host has no identity that the keeper of the key-encryption key accepts', {
    code: 'CREDENTIAL_KEY_UNAUTHENTICATED',
    actor: 'operator',
    subject: key,
  });

export const disabled = (key: string): PersistentError =>
  new PersistentError('the key-encryption key is disabled, expired, about to be deleted, or not meant for wrapping', {
    code: 'CREDENTIAL_KEY_DISABLED',
    actor: 'operator',
    subject: key,
  });

export const throttled = (key: string): TransientError =>
  new TransientError('the keeper of the key-encryption key throttles us just now', { code: 'CREDENTIAL_KEY_THROTTLED', subject: key });

export const unavailable = (key: string): TransientError =>
  new TransientError('the keeper of the key-encryption key does not answer just now', {
    code: 'CREDENTIAL_KEY_UNAVAILABLE',
    subject: key,
  });

/** Not a domain error: what an attempt to open it means is the caller's to say. */
export const notWhatWasWrapped = (): Error => new Error('not what was wrapped');
