/** Real clients of the vault emulator, signed in by the managed identity that it serves. */
import { ManagedIdentityCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { createAzureKeyVaultProvider } from '../../../broker/providers/azure-keyvault.ts';
import { mintVerifiedTenant } from '../../../domain/credentials/mint-verified-tenant.ts';
import type { VerifiedTenant } from '../../../domain/credentials/verified-tenant.ts';
import { instanceId, runId, scopeId, tenantId } from '../../../domain/ids.ts';
import { vaultName } from '../../../domain/credentials/vault-name.ts';
import { awsManifest } from '../fixtures.ts';

const NO_RETRIES = { retryOptions: { maxRetries: 0 } } as const;

/** The endpoint of the identity is a setting of the process: one emulator at a time. Tokens are kept by the SDK per process and client id. */
export function vaultClient(url: string, clientId: string): SecretClient {
  process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = url;
  const credential = new ManagedIdentityCredential({ clientId, ...NO_RETRIES });
  // Off loopback neither is ever set (cli/compose/vaults.ts): the challenge must name the vault's own domain, by TLS.
  return new SecretClient(url, credential, { ...NO_RETRIES, disableChallengeResourceVerification: true, allowInsecureConnection: true });
}

export const vaultProvider = (url: string, clientId: string, now: () => Date = () => new Date()) =>
  createAzureKeyVaultProvider({ client: vaultClient(url, clientId), now });

export const tenantOf = (tenant: string, provider: 'azure_keyvault' | 'aws_secretsmanager' = 'azure_keyvault'): VerifiedTenant =>
  mintVerifiedTenant({
    tenant_id: tenantId(tenant),
    tenant_slug: 'ACME',
    instance_id: instanceId('instance-1'),
    connector: 'aws',
    credentials_ref: { provider, ref: 'MAIN' },
    source_tenant: '123456789012',
    scope_id: scopeId('scope-1'),
    run_id: runId('run-1'),
  });

export const asked = (tenant: string, ref = 'MAIN') => ({ tenant: tenantOf(tenant), ref, manifest: awsManifest });

export const VARIABLES = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'canary-77af01be93' };
export const documentOf = (parts: Readonly<Record<string, unknown>> = { MAIN: VARIABLES }): string => JSON.stringify(parts);

/** As onboarding would put it into the vault. */
export const secretOf = (tenant: string, more: object = {}) => ({
  name: vaultName(tenant, 'aws'),
  value: documentOf(),
  tags: { tenant, kind: 'aws' },
  ...more,
});
