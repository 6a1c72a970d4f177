/** The encrypted store as the instance's own provider: `credentials_ref.provider` is `store`, and nothing else is looked at. */
import type { CredentialProvider } from '../provider.ts';
import type { StoredCredentialRecovery } from '../store/recovery.ts';

export function createStoreProvider(recovery: StoredCredentialRecovery): CredentialProvider {
  return {
    name: 'store',
    provide: async ({ tenant, manifest }) => {
      const recovered = await recovery.recover(tenant, manifest);
      return recovered === null ? null : { variables: recovered.variables, version: recovered.version, expires_at: null };
    },
  };
}
