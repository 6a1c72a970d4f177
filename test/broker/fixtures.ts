/** A manifest and verified tenants for tests of the broker. */
import { mintVerifiedTenant } from '../../domain/credentials/mint-verified-tenant.ts';
import type { VerifiedTenant } from '../../domain/credentials/verified-tenant.ts';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { instanceId, runId, scopeId, tenantId } from '../../domain/ids.ts';
import type { CredentialProvider } from '../../domain/tenancy/types.ts';

export const awsManifest: ConnectorManifest = {
  kind: 'aws',
  title: 'AWS',
  source_system: 'aws',
  version: '1',
  categories: [],
  credential_kinds: [
    {
      kind: 'aws_access_key',
      variables: {
        AWS_ACCESS_KEY_ID: { field: 'access_key_id', required: true },
        AWS_SECRET_ACCESS_KEY: { field: 'secret_access_key', required: true },
        AWS_SESSION_TOKEN: { field: 'session_token', required: false },
      },
    },
  ],
  accepted_variants: {},
  capabilities: { auth: { required: true } },
  config: {},
  params: {},
};

export function verifiedAs(slug: string, ref: string, provider: CredentialProvider = 'env'): VerifiedTenant {
  return mintVerifiedTenant({
    tenant_id: tenantId(slug.toLowerCase()),
    tenant_slug: slug,
    instance_id: instanceId('instance-1'),
    connector: 'aws',
    credentials_ref: { provider, ref },
    source_tenant: '123456789012',
    scope_id: scopeId('scope-1'),
    run_id: runId('run-1'),
  });
}
