/** 1Password is for bootstrap only: the schema knows it, the runtime refuses it (seed 001 b; CRED-02). */
import { PersistentError } from '../../domain/errors.ts';
import type { CredentialProvider } from '../provider.ts';

export function createOpProvider(): CredentialProvider {
  return {
    name: 'op',
    provide: () =>
      Promise.reject(
        new PersistentError('1Password is for bootstrap only and is never read at run time; move the credential to another provider', {
          code: 'PROVIDER_REFUSED',
          actor: 'operator',
          field: 'credentials_ref.provider',
        }),
      ),
  };
}
