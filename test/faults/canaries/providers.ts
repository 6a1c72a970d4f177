/** Every provider that gives a child its credential, each with a connection whose secret is a canary (CRED-02). */
import { join } from 'node:path';
import { createFederationProvider } from '../../../broker/providers/federation/provider.ts';
import type { CredentialProvider } from '../../../broker/provider.ts';
import { openBindings } from '../../../cli/compose/federation.ts';
import type { Storage } from '../../../cli/compose/storage.ts';
import type { RegisteredConnector } from '../../../connectors/registry/registry.ts';
import { envName } from '../../../domain/credentials/ref.ts';
import type { BindableProvider } from '../../../domain/federation/types.ts';
import { type InstanceId, instanceId, type ScopeId, scopeId, type TenantId, tenantId } from '../../../domain/ids.ts';
import type { CredentialProvider as ProviderName } from '../../../domain/tenancy/types.ts';
import { NORTHWIND } from '../../../emulators/story.ts';
import { customerBinds, ENTRA_ROLES, type Sources, startSources } from '../../broker/federation/support.ts';
import type { CanaryBox } from '../../support/canaries.ts';
import { PROBE, type TestPipeline } from '../../support/pipeline.ts';
import { startVaults, type Vaults } from './vaults.ts';

export const PROVIDERS = [
  'env',
  'azure_keyvault',
  'aws_secretsmanager',
  'store',
  'aws_assume_role',
  'entra_app',
  'github_app',
] as const satisfies readonly (ProviderName | BindableProvider)[];
export type Provider = (typeof PROVIDERS)[number];

/** The probe as a connector of each source: what the federation mints for that source is what it takes. */
const FEDERATED: Readonly<Record<BindableProvider, RegisteredConnector>> = {
  aws_assume_role: probeOf('probe_aws', 'iam:ListRoles', ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']),
  entra_app: probeOf('probe_entra', ENTRA_ROLES[0] ?? '', ['ENTRA_ACCESS_TOKEN']),
  github_app: probeOf('probe_github', 'Repository Metadata: read', ['GITHUB_TOKEN']),
};
const KINDS = new Set<Provider>(Object.keys(FEDERATED) as BindableProvider[]);
const isFederated = (provider: Provider): provider is BindableProvider => KINDS.has(provider);

export const PROBES: readonly RegisteredConnector[] = [PROBE, ...Object.values(FEDERATED)];

function probeOf(kind: string, permission: string, names: readonly string[]): RegisteredConnector {
  const { manifest, executable } = PROBE;
  const variables = Object.fromEntries(names.map((name) => [name, { field: name.toLowerCase(), required: true }]));
  return {
    manifest: {
      ...manifest,
      kind,
      categories: manifest.categories.map((category) => ({ ...category, permissions: [permission] })),
      credential_kinds: [{ kind: 'minted', variables }],
    },
    executable,
  };
}

export interface Keepers {
  readonly vaults: Vaults;
  readonly sources: Sources;
  /** As a host is configured for them; `env` and `store` are always there. */
  providersFor(storage: Pick<Storage, 'bindings'>): readonly CredentialProvider[];
  /** For a worker that is an own process. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** `own`: what the platform itself is known by to AWS and Entra. */
export async function startKeepers(box: CanaryBox, own: { readonly awsSecret: string; readonly entraSecret: string }): Promise<Keepers> {
  const { mark } = box;
  const [vaults, sources] = await Promise.all([
    startVaults(),
    startSources({ own, aws: { mark }, entra: { mark }, github: { mark }, now: () => new Date() }),
  ]);
  return {
    vaults,
    sources,
    providersFor: ({ bindings }) => [...vaults.providers, createFederationProvider({ bindings, minters: sources.minters })],
    environment: { ...vaults.environment, SV0_FEDERATION_FILE: sources.file },
    close: async () => {
      await vaults.close();
      await sources.close();
    },
  };
}

export interface Sweeping {
  readonly pipeline: TestPipeline;
  readonly keepers: Keepers;
  readonly box: CanaryBox;
}

export interface Connection {
  readonly tenant: TenantId;
  readonly instance: InstanceId;
}

/** A tenant of its own; its secret lies where the provider looks, or is minted when it is asked for. */
export async function connect({ pipeline, keepers, box }: Sweeping, prefix: string, provider: Provider): Promise<Connection> {
  const name = `${prefix}-${provider.replaceAll('_', '-')}`;
  const tenant = tenantId(name);
  const instance = instanceId(`${name}-probe`);
  const slug = name.replaceAll('-', '').toUpperCase();
  const created_at = new Date();
  await pipeline.storage.tenants.create({ _id: tenant, slug, name, kind: 'demo', created_at });
  const federated = isFederated(provider);
  await pipeline.storage.instances.create(tenant, {
    _id: instance,
    connector: federated ? FEDERATED[provider].manifest.kind : 'probe',
    name: 'probe',
    source_tenant: federated ? SOURCE[provider] : name,
    config: {},
    status: 'active',
    created_at,
    credentials_ref: { provider: federated ? 'federation' : provider, ref: 'MAIN' },
  });
  if (federated) await bind({ pipeline, keepers, box }, { tenant, instance }, provider);
  else if (provider === 'env') pipeline.environment[envName(slug, 'MAIN', 'PROBE_TOKEN')] = box.make(provider);
  else if (provider === 'store')
    await pipeline.credentials.store.put(tenant, instance, { kind: 'probe_token', fields: { token: box.make(provider) } }, 'test');
  else await keepers.vaults.put(provider, tenant, 'probe', { MAIN: { PROBE_TOKEN: box.make(provider) } });
  return { tenant, instance };
}

const SOURCE: Readonly<Record<BindableProvider, string>> = {
  aws_assume_role: NORTHWIND.aws.account,
  entra_app: NORTHWIND.entra.tenantId,
  github_app: NORTHWIND.github.organization,
};

/** As an operator and the customer do it: prepared, created, and activated by its probes. */
async function bind({ pipeline, keepers: { sources } }: Sweeping, connection: Connection, provider: BindableProvider): Promise<void> {
  const { storage, registry } = pipeline;
  const bindings = openBindings({ storage, registry, minters: sources.minters, now: () => new Date() });
  await customerBinds(bindings, sources, connection, provider, NORTHWIND);
  await bindings.activate(connection.tenant, connection.instance, 'test');
}

/** A scope of the connection whose probe says its secrets in every form. */
export async function scopeOf(
  { storage }: TestPipeline,
  { tenant, instance }: Connection,
  name: string,
  params: Readonly<Record<string, unknown>>,
  seconds = 240,
): Promise<ScopeId> {
  const _id = scopeId(`${tenant}-${name}`);
  await storage.scopes.create(tenant, {
    _id,
    instance_id: instance,
    kind: 'scan',
    name,
    categories: ['things', 'others'],
    params: { ...params, talks: true },
    budget: { max_runtime_seconds: seconds },
    created_at: new Date(),
  });
  return _id;
}

/** The probes as a host's file registers them, for a worker that is an own process. */
export function connectorsFile(sha256: Readonly<Record<string, string>>): string {
  const [probe = ''] = PROBE.executable.args;
  const executable = { command: process.execPath, args: [probe], read_only_paths: [probe], sha256 };
  return JSON.stringify({ schema: 'sv0.connectors/1', connectors: PROBES.map(({ manifest }) => ({ manifest, executable })) });
}

export const PROBE_SCRIPT = join(PROBE.executable.args[0] ?? '');
