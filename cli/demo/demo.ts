/** The demo's two tenants, as data: which sources they have, through which emulator, and how each run is expected to end. */
import { DEMO_AWS_KEYS } from '../../emulators/aws/keys.ts';
import { DEMO_GITHUB_TOKENS } from '../../emulators/github/options.ts';
import { DEMO_ENTRA_CLIENT } from '../../emulators/entra/options.ts';
import { DEMO_SERVICENOW_LOGIN } from '../../emulators/servicenow/options.ts';
import { CONTOSO, NORTHWIND } from '../../emulators/story.ts';
import { entraManifest } from '../../connectors/entra/manifest.ts';
import { servicenowManifest } from '../../connectors/servicenow/manifest.ts';
import { envName } from '../../domain/credentials/ref.ts';
import type { TerminalRunStatus } from '../../domain/runs/types.ts';
import type { EmulatorUrls } from './emulators.ts';

export interface DemoScope {
  readonly tenant: string;
  readonly slug: string;
  readonly connector: string;
  readonly source_tenant: string;
  readonly ref: string;
  readonly config: (urls: EmulatorUrls) => Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly categories: readonly string[];
  readonly credentials: Readonly<Record<string, string>>;
  readonly expected: TerminalRunStatus;
}

export const DEMO_TENANTS = [
  { id: 'northwind', slug: 'NORTHWIND', name: 'Northwind Robotics' },
  { id: 'contoso', slug: 'CONTOSO', name: 'Contoso Bank' },
] as const;

const aws = (
  tenant: string,
  slug: string,
  account: string,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
): DemoScope => ({
  tenant,
  slug,
  connector: 'aws',
  source_tenant: account,
  ref: 'AWS_MAIN',
  config: (urls) => ({ endpoint_url: urls.aws, allow_private: true }),
  params: { regions: ['us-east-1', 'eu-west-1'] },
  categories: ['iam', 'lambda', 's3'],
  credentials: { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey },
  expected: 'succeeded',
});

const github = (tenant: string, slug: string, organization: keyof typeof DEMO_GITHUB_TOKENS): DemoScope => ({
  tenant,
  slug,
  connector: 'github',
  source_tenant: organization,
  ref: 'GITHUB_MAIN',
  config: (urls) => ({ base_url: urls.github, organization, allow_private: true }),
  params: {},
  categories: ['repositories', 'environments', 'workflows', 'secrets', 'installations', 'deploy_keys'],
  credentials: { GITHUB_TOKEN: DEMO_GITHUB_TOKENS[organization] },
  expected: 'succeeded',
});

const ENTRA: DemoScope = {
  tenant: 'northwind',
  slug: 'NORTHWIND',
  connector: 'entra',
  source_tenant: NORTHWIND.entra.tenantId,
  ref: 'ENTRA_MAIN',
  config: (urls) => ({ tenant_id: NORTHWIND.entra.tenantId, graph_url: urls.entra, authority_url: urls.entra, allow_private: true }),
  params: {},
  categories: entraManifest.categories.map(({ name }) => name),
  credentials: { AZURE_CLIENT_ID: DEMO_ENTRA_CLIENT.clientId, AZURE_CLIENT_SECRET: DEMO_ENTRA_CLIENT.clientSecret },
  expected: 'succeeded',
};

const SERVICENOW: DemoScope = {
  tenant: 'northwind',
  slug: 'NORTHWIND',
  connector: 'servicenow',
  source_tenant: NORTHWIND.servicenow.host,
  ref: 'SERVICENOW_MAIN',
  config: (urls) => ({ instance_url: urls.servicenow, allow_private: true }),
  params: {},
  categories: servicenowManifest.categories.map(({ name }) => name),
  credentials: { SERVICENOW_USERNAME: DEMO_SERVICENOW_LOGIN.username, SERVICENOW_PASSWORD: DEMO_SERVICENOW_LOGIN.password },
  expected: 'succeeded',
};

export const DEMO_SCOPES: readonly DemoScope[] = [
  SERVICENOW,
  ENTRA,
  aws('northwind', 'NORTHWIND', NORTHWIND.aws.account, DEMO_AWS_KEYS[NORTHWIND.aws.account]),
  github('northwind', 'NORTHWIND', NORTHWIND.github.organization),
  aws('contoso', 'CONTOSO', CONTOSO.aws.account, DEMO_AWS_KEYS[CONTOSO.aws.account]),
  github('contoso', 'CONTOSO', CONTOSO.github.organization),
];

export const demoInstanceId = (scope: DemoScope): string => `${scope.tenant}-${scope.connector}`;
export const demoScopeId = (scope: DemoScope): string => `${scope.tenant}-${scope.connector}-all`;

/** What the `env` provider finds for the demo: made-up values that only the emulators accept. */
export function demoEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    DEMO_SCOPES.flatMap(({ slug, ref, credentials }) =>
      Object.entries(credentials).map(([name, value]) => [envName(slug, ref, name), value]),
    ),
  );
}
