/** Emulators of the three sources with our own identities in them, as a host is configured for; and connections to bind. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMinters } from '../../../cli/compose/federation.ts';
import { readFederationFile } from '../../../cli/compose/federation-file.ts';
import type { Bindings } from '../../../broker/federation/bindings.ts';
import type { BindableProvider, BindingTarget } from '../../../domain/federation/types.ts';
import type { Minters } from '../../../broker/providers/federation/available.ts';
import { awsManifest } from '../../../connectors/aws/manifest.ts';
import { permissionsOf } from '../../../domain/onboarding/permissions.ts';
import { entraManifest } from '../../../connectors/entra/manifest.ts';
import { instanceId, type InstanceId, scopeId, type ScopeId, tenantId, type TenantId } from '../../../domain/ids.ts';
import { cloudFormationTemplate } from '../../../domain/onboarding/aws.ts';
import { DEMO_AWS_KEYS, PLATFORM_ACCOUNT, PLATFORM_PRINCIPAL } from '../../../emulators/aws/keys.ts';
import { demoWorlds } from '../../../emulators/aws/world.ts';
import { type AwsEmulatorOptions, type RunningAwsEmulator, startAwsEmulator } from '../../../emulators/aws/server.ts';
import { createStack } from '../../../emulators/aws/stack.ts';
import type { EntraEmulatorOptions } from '../../../emulators/entra/options.ts';
import { startEntraEmulator } from '../../../emulators/entra/server.ts';
import { northwindWorld } from '../../../emulators/entra/world.ts';
import { DEMO_GITHUB_APP, type GithubEmulatorOptions } from '../../../emulators/github/options.ts';
import { type RunningGithubEmulator, startGithubEmulator } from '../../../emulators/github/server.ts';
import { CONTOSO, NORTHWIND } from '../../../emulators/story.ts';
import type { RunningEmulator } from '../../../emulators/types.ts';
import type { Storage } from '../../../cli/compose/storage.ts';
import { selfSigned } from './certificate.ts';

export const NOW = new Date('2026-11-01T00:00:00.000Z');
export const ENTRA_CLIENT_ID = '7e0f0000-0000-4000-8000-00000000f00d';
/** A second directory: Northwind's world under another name. */
export const OTHER_DIRECTORY = '11111111-2222-4333-8444-555555555555';
export const ENTRA_ROLES = permissionsOf(entraManifest);

/** Keys cost time: one for all emulators of a file. */
const OWN_CERTIFICATE = selfSigned();

export interface Sources {
  readonly aws: RunningAwsEmulator;
  readonly entra: RunningEmulator;
  readonly github: RunningGithubEmulator;
  /** By directory; what an admin consents to is put in here. */
  readonly consents: Map<string, readonly string[]>;
  readonly minters: Minters;
  /** Everything of ours that no child and no tenant may ever see. */
  readonly ownSecrets: readonly string[];
  readonly file: string;
  close(): Promise<void>;
}

export interface SourceOptions {
  readonly aws?: AwsEmulatorOptions;
  readonly entra?: EntraEmulatorOptions;
  readonly github?: GithubEmulatorOptions;
  /** In place of what the emulators know us by: the secret of our access key, and a client secret instead of the certificate. */
  readonly own?: { readonly awsSecret: string; readonly entraSecret: string };
  readonly now?: () => Date;
}

export async function startSources({ now = () => new Date(), own, ...options }: SourceOptions = {}): Promise<Sources> {
  const folder = await mkdtemp(join(tmpdir(), 'sv0-federation-'));
  const { certificate, privateKey } = OWN_CERTIFICATE;
  const consents = new Map<string, readonly string[]>();
  const platform = { ...DEMO_AWS_KEYS[PLATFORM_ACCOUNT], ...(own === undefined ? {} : { secretAccessKey: own.awsSecret }) };
  const worlds = demoWorlds(NOW).map((world) =>
    world.account === PLATFORM_ACCOUNT ? { ...world, signers: [{ ...platform, principalArn: PLATFORM_PRINCIPAL }] } : world,
  );
  const aws = await startAwsEmulator({ worlds, ...options.aws });
  const proof = own === undefined ? { certificate } : { clientSecret: own.entraSecret };
  const entra = await startEntraEmulator(
    { now: NOW, platformApp: { clientId: ENTRA_CLIENT_ID, ...proof, consents }, ...options.entra },
    northwindWorld(NOW),
    { ...northwindWorld(NOW), tenantId: OTHER_DIRECTORY },
  );
  const github = await startGithubEmulator({ now: NOW, ...options.github });
  const { accessKeyId, secretAccessKey } = platform;
  const appKey = github.appPrivateKey(DEMO_GITHUB_APP.appId);
  const secrets = {
    'aws.json': JSON.stringify({ access_key_id: accessKeyId, secret_access_key: secretAccessKey }),
    'entra.pem': `${certificate}${privateKey}`,
    'entra.secret': own?.entraSecret ?? '',
    'github.pem': appKey,
    'federation.json': JSON.stringify({
      aws: { principal_arn: PLATFORM_PRINCIPAL, region: 'eu-west-1', sts_url: aws.url, access_key_file: 'aws.json' },
      entra: {
        client_id: ENTRA_CLIENT_ID,
        authority_url: entra.url,
        graph_url: entra.url,
        redirect_url: 'https://onboarding.example/consented',
        ...(own === undefined ? { certificate_file: 'entra.pem' } : { client_secret_file: 'entra.secret' }),
      },
      github: { app_id: DEMO_GITHUB_APP.appId, slug: DEMO_GITHUB_APP.slug, api_url: github.url, private_key_file: 'github.pem' },
    }),
  };
  for (const [name, text] of Object.entries(secrets)) await writeFile(join(folder, name), text, { mode: 0o600 });
  const file = join(folder, 'federation.json');
  return {
    aws,
    entra,
    github,
    consents,
    file,
    minters: await openMinters(await readFederationFile(file), now),
    ownSecrets: [secretAccessKey, ...[privateKey, appKey].map((pem) => pem.split('\n')[3] ?? '')],
    close: async () => {
      await Promise.all([aws, entra, github].map((emulator) => emulator.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Connection {
  readonly tenant: TenantId;
  readonly instance: InstanceId;
  readonly scope: ScopeId;
}

const SOURCE = { aws: NORTHWIND.aws.account, entra: NORTHWIND.entra.tenantId, github: NORTHWIND.github.organization } as const;
export const CONTOSO_SOURCE = { aws: CONTOSO.aws.account, entra: OTHER_DIRECTORY, github: CONTOSO.github.organization } as const;

/** A connection whose credential is federated, with a scope over everything; the tenant is made when it is not there. */
export async function connection(
  storage: Pick<Storage, 'tenants' | 'instances' | 'scopes'>,
  connector: keyof typeof SOURCE,
  {
    tenant: name = 'northwind',
    source_tenant = SOURCE[connector] as string,
    config = {},
    categories = ['iam'],
    instance: id = `${name}-${connector}`,
  }: { tenant?: string; source_tenant?: string; config?: object; categories?: readonly string[]; instance?: string } = {},
): Promise<Connection> {
  const tenant = tenantId(name);
  const created_at = NOW;
  if ((await storage.tenants.find(tenant)) === null)
    await storage.tenants.create({ _id: tenant, slug: name.toUpperCase().replaceAll('-', ''), name, kind: 'demo', created_at });
  const instance = instanceId(id);
  await storage.instances.create(tenant, {
    _id: instance,
    connector,
    name: id,
    source_tenant,
    credentials_ref: { provider: 'federation', ref: 'MAIN' },
    config: { ...config },
    status: 'active',
    created_at,
  });
  const scope = scopeId(`${id}-all`);
  await storage.scopes.create(tenant, {
    _id: scope,
    instance_id: instance,
    kind: 'scan',
    name: id,
    categories,
    params: {},
    budget: { max_runtime_seconds: 600 },
    cooldown_seconds: 0,
    created_at,
  });
  return { tenant, instance, scope };
}

/** Whose source the customer's side is: an account, a directory, an organisation. */
export interface CustomerSide {
  readonly aws: { readonly account: string };
  readonly entra: { readonly tenantId: string };
  readonly github: { readonly organization: string; readonly organizationId: number };
}

/** The customer gives access and the operator enters the identifier that comes back: a binding that waits for its probes. */
export async function customerBinds(
  bindings: Pick<Bindings, 'prepare' | 'create'>,
  sources: Sources,
  { tenant, instance }: Pick<Connection, 'tenant' | 'instance'>,
  provider: BindableProvider,
  side: CustomerSide,
): Promise<void> {
  const { external_id } = await bindings.prepare(tenant, instance, provider, 'test');
  const target = (): BindingTarget => {
    switch (provider) {
      case 'aws_assume_role': {
        const role_arn = customerCreatesStack(sources.aws, side.aws.account, external_id, (template) => {
          (template.Resources.ReaderRole.Properties as { RoleName: string }).RoleName = `sv0-reader-${tenant}`;
        });
        return { provider, role_arn };
      }
      case 'entra_app':
        sources.consents.set(side.entra.tenantId, ENTRA_ROLES);
        return { provider, entra_tenant_id: side.entra.tenantId };
      case 'github_app': {
        const { organization, organizationId } = side.github;
        return { provider, installation_id: DEMO_GITHUB_APP.installations[organization] ?? 0, account_id: organizationId };
      }
    }
  };
  await bindings.create(tenant, instance, target(), 'test');
}

/** The customer creates the stack of our template in the account; gives the role's ARN. */
export function customerCreatesStack(
  aws: RunningAwsEmulator,
  account: string,
  external_id: string,
  change: (template: Template) => void = () => undefined,
): string {
  const world = aws.worlds.find((one) => one.account === account);
  if (world === undefined) throw new Error(`there is no account ${account}`);
  const template = cloudFormationTemplate({ principal_arn: PLATFORM_PRINCIPAL, external_id, session_seconds: 1800, manifest: awsManifest });
  change(template);
  return createStack(world, template)[0] ?? '';
}
export type Template = ReturnType<typeof cloudFormationTemplate>;
