/** What an operator should know of each credential provider before choosing it (CRED-02, CRED-22). */
import type { CredentialProvider } from '../tenancy/types.ts';

export interface ProviderFacts {
  readonly title: string;
  readonly production_grade: boolean;
  /** Why it is, or is not. */
  readonly because: string;
}

const PROVIDER_FACTS: Readonly<Record<CredentialProvider, ProviderFacts>> = {
  env: {
    title: 'Environment of the worker',
    production_grade: false,
    because: 'the worker’s process holds every tenant’s secrets at once: for development, demo and a few design partners',
  },
  azure_keyvault: {
    title: 'Azure Key Vault',
    production_grade: true,
    because: 'one secret per tenant and connector, read for each run by managed identity',
  },
  aws_secretsmanager: {
    title: 'AWS Secrets Manager',
    production_grade: true,
    because: 'one secret per tenant and connector, read for each run',
  },
  store: {
    title: 'Encrypted store',
    production_grade: true,
    because: 'sealed per connection, where a KMS or a vault keeps the key; with a key file it is for development',
  },
  federation: {
    title: 'Federation',
    production_grade: true,
    because: 'no secret is exchanged: the customer grants a role, a consent or an installation',
  },
  op: { title: '1Password (not at run time)', production_grade: false, because: 'every launch with it is refused' },
};

/** @param storeKeyKept a KMS or a vault keeps the key that the store is sealed with; with a key file the store is for development */
export function providerFacts(provider: CredentialProvider, storeKeyKept: boolean): ProviderFacts {
  const facts = PROVIDER_FACTS[provider];
  return provider === 'store' ? { ...facts, production_grade: storeKeyKept } : facts;
}
