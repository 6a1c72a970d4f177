/**
 * Looks up `SV0_TENANT_<SLUG>_<REF>_<NAME>` for exactly the names that the connector declares. The seed's wording matches by
 * prefix, which leaks between `ACME` and `ACME_EU`; we look up and never match (docs/decisions/0002).
 */
import { envName } from '../../domain/credentials/ref.ts';
import { declaredVariables } from '../../domain/connectors/manifest.ts';
import type { CredentialProvider } from '../provider.ts';

export function createEnvProvider(environment: Readonly<Record<string, string | undefined>>): CredentialProvider {
  return {
    name: 'env',
    provide: async ({ tenant, ref, manifest }) => {
      const variables: Record<string, string> = {};
      for (const variable of declaredVariables(manifest)) {
        const value = environment[envName(tenant.tenant_slug, ref, variable)];
        // An empty string counts as absent (CRED-11, CRED-14).
        if (value !== undefined && value !== '') variables[variable] = value;
      }
      return Object.keys(variables).length === 0 ? null : { variables, version: 'env', expires_at: null };
    },
  };
}
