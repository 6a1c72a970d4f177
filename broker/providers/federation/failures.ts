/** What can go wrong between the broker and whoever issues a federated credential: the same codes for all. Nothing of an answer is repeated. */
import { PersistentError, TransientError } from '../../../domain/errors.ts';
import type { FederationProvider } from '../../../domain/federation/types.ts';

export const throttled = (provider: FederationProvider): TransientError =>
  new TransientError('the issuer of the federated credential throttles us just now', { code: 'FEDERATION_THROTTLED', subject: provider });

export const unavailable = (provider: FederationProvider): TransientError =>
  new TransientError('the issuer of the federated credential does not answer just now', {
    code: 'FEDERATION_UNAVAILABLE',
    subject: provider,
  });

/** The customer's side says no: the trust, the consent or the installation is not there, or not for us. */
export const accessRefused = (provider: FederationProvider, expected: string): PersistentError =>
  new PersistentError('the customer’s side does not let us in', {
    code: 'FEDERATION_ACCESS_REFUSED',
    actor: 'customer',
    expected,
    subject: provider,
  });

/** Our own credential is not accepted: its key, secret or certificate is wrong, or over. */
export const identityRefused = (provider: FederationProvider): PersistentError =>
  new PersistentError('the platform’s own identity is not accepted by the issuer', {
    code: 'FEDERATION_IDENTITY_REFUSED',
    actor: 'operator',
    expected: 'a valid key of the platform in SV0_FEDERATION_FILE',
    subject: provider,
  });

/** What was minted is of somebody else than the binding says. It is dropped. */
export const mismatch = (provider: FederationProvider, expected: string): PersistentError =>
  new PersistentError('what was issued is not of the account that this connection is bound to', {
    code: 'FEDERATION_MISMATCH',
    actor: 'operator',
    expected,
    subject: provider,
  });

/** It may do more than read. It is dropped. */
export const tooWide = (provider: FederationProvider, expected: string): PersistentError =>
  new PersistentError('what the customer granted can do more than read', {
    code: 'FEDERATION_TOO_WIDE',
    actor: 'customer',
    expected,
    subject: provider,
  });

export const tooShort = (provider: FederationProvider, expected: string, actor: 'customer' | 'operator' = 'operator'): PersistentError =>
  new PersistentError('what is issued would end before the run’s budget does, and a child cannot renew it', {
    code: 'FEDERATION_TOO_SHORT',
    actor,
    field: 'budget.max_runtime_seconds',
    expected,
    subject: provider,
  });

export const malformed = (provider: FederationProvider, expected: string): PersistentError =>
  new PersistentError('the issuer’s answer is not what its API promises', {
    code: 'FEDERATION_MALFORMED',
    actor: 'engineer',
    expected,
    subject: provider,
  });

export const refused = (provider: FederationProvider): PersistentError =>
  new PersistentError('the issuer refused the request', { code: 'FEDERATION_REFUSED', actor: 'engineer', subject: provider });

/** A provider that has its place in the interface and no minter here (CRED-18). */
export const notConfigured = (provider: FederationProvider, expected: string): PersistentError =>
  new PersistentError('this federation provider is not configured here', {
    code: 'PROVIDER_NOT_CONFIGURED',
    actor: 'operator',
    expected,
    subject: provider,
  });
