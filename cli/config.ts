/** The configuration of every command, from environment variables: a function without import side effects; every problem in one message. */
import { join } from 'node:path';
import { z } from 'zod';
import { type Network, networkOf } from '../api/network.ts';
import { InvalidInputError } from '../domain/errors.ts';
import { ISOLATION_LEVELS } from '../domain/runs/types.ts';
import { type CredentialKeySetting, credentialKeys } from './credential-keys.ts';

const port = z.coerce.number().int().min(0).max(65535);
const optional = z.string().min(1).optional();
/** TLS, but for this machine. */
const httpUrl = z.string().refine((value) => {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && local)) && username === '' && password === '';
}, 'an https address');

const proxies = z.string().transform((text, context): readonly Network[] => {
  const networks = text.split(',').map((part) => networkOf(part.trim()));
  const known = networks.filter((network) => network !== null);
  // Of a range of everything each stranger would be a proxy, and his header his address.
  if (known.length === networks.length && known.every(({ bits }) => bits > 0)) return known;
  context.addIssue({
    code: 'custom',
    message: 'addresses and CIDR ranges, comma-separated, as 10.0.4.7, 10.0.8.0/28 or fd00:4::/64',
  });
  return z.NEVER;
});

/** Name → schema and what it is: the README's configuration table is made of this. */
export const SETTINGS = {
  MONGODB_URI: { schema: optional, default: 'started locally', about: 'MongoDB connection string' },
  SV0_MONGODB_DATABASE: {
    schema: z
      .string()
      .regex(/^[a-zA-Z0-9_-]{1,38}$/)
      .default('sv0'),
    default: 'sv0',
    about: 'database name',
  },
  TEMPORAL_ADDRESS: { schema: optional, default: 'started locally', about: 'Temporal frontend, host:port' },
  TEMPORAL_NAMESPACE: { schema: z.string().min(1).default('default'), default: 'default', about: 'Temporal namespace' },
  TEMPORAL_TLS: {
    schema: z.enum(['true', 'false']).optional(),
    default: 'true when one of the next four is set',
    about: 'whether Temporal is reached over TLS',
  },
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: {
    schema: optional,
    default: 'the roots of the host',
    about: 'PEM file of who signs the frontend’s certificate',
  },
  TEMPORAL_TLS_CLIENT_CERT_PATH: {
    schema: optional,
    default: 'none',
    about: 'PEM file of our client certificate (mTLS); read at each start',
  },
  TEMPORAL_TLS_CLIENT_KEY_PATH: { schema: optional, default: 'none', about: 'PEM file of its key, readable for its owner only' },
  TEMPORAL_TLS_SERVER_NAME: { schema: optional, default: 'the host of the address', about: 'name that the frontend’s certificate is for' },
  TEMPORAL_UI_URL: { schema: optional, default: 'of the local server', about: 'where links into the Temporal Web UI go' },
  SV0_TASK_QUEUE_PIPELINE: {
    schema: z.string().min(1).default('pipeline'),
    default: 'pipeline',
    about: 'task queue of everything but connectors',
  },
  SV0_TASK_QUEUE_CONNECTORS: {
    schema: z.string().min(1).default('connectors'),
    default: 'connectors',
    about: 'task queue of the hosts that may read credentials',
  },
  SV0_API_HOST: {
    schema: z.string().default('127.0.0.1'),
    default: '127.0.0.1',
    about: 'address that the API binds to; loopback only until an issuer is configured',
  },
  SV0_API_PORT: { schema: port.default(4480), default: '4480', about: 'port of the API and the pages' },
  SV0_API_URL: {
    schema: optional,
    default: 'that of `npm start` on this machine',
    about: 'address of the API that the data commands of `sv0` speak to, as `--api`',
  },
  SV0_API_TOKEN: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9._~+/-]{1,8192}=*$/, 'a bearer token')
      .optional(),
    default: 'that of `npm start` on this machine',
    about: 'bearer token that `sv0` shows to the API of `SV0_API_URL`',
  },
  SV0_OIDC_ISSUER: {
    schema: httpUrl.optional(),
    default: 'the local issuer, loopback only',
    about: 'who signs the tokens of callers: the `iss` of the tokens',
  },
  SV0_OIDC_AUDIENCE: { schema: optional, default: 'none', about: 'the `aud` that tokens must have; required with an issuer' },
  SV0_OIDC_JWKS_URI: {
    schema: httpUrl.optional(),
    default: 'as the issuer’s discovery document says',
    about: 'where the issuer’s keys are',
  },
  SV0_OIDC_ROLE_CLAIM: {
    schema: z.string().min(1).max(200).default('roles'),
    default: 'roles',
    about: 'the claim that holds the role or roles; dots go down',
  },
  SV0_OIDC_SUPER_ADMIN: {
    schema: z.string().min(1).max(200).default('super_admin'),
    default: 'super_admin',
    about: 'what the issuer calls the role that may do everything',
  },
  SV0_OIDC_DEPLOY_GATE: {
    schema: z.string().min(1).max(200).default('deploy_gate'),
    default: 'deploy_gate',
    about: 'what the issuer calls the role that may start the deploy gate and nothing else',
  },
  SV0_OIDC_CLIENT_ID: {
    schema: optional,
    default: 'tokens only, no sign-in for browsers',
    about: 'client id for the sign-in of the pages',
  },
  SV0_OIDC_CLIENT_SECRET_FILE: { schema: optional, default: 'a public client, PKCE alone', about: 'file with the client secret' },
  SV0_PUBLIC_URL: {
    schema: httpUrl.optional(),
    default: 'none',
    about: 'address of the API as browsers reach it; https, its host is answered to, `/sign-in/callback` under it is the redirect address',
  },
  SV0_TRUSTED_PROXIES: {
    schema: proxies.optional(),
    default: 'none: the header is ignored',
    about:
      'addresses and CIDR ranges of the reverse proxies before the API, comma-separated: only what they write into `X-Forwarded-For` says from where somebody asks',
  },
  SV0_SESSION_KEY_FILE: {
    schema: optional,
    default: 'made at each start',
    about: 'key (64 hex digits) of session cookies, for several API processes',
  },
  SV0_STATE_DIR: { schema: optional, default: '.sv0', about: 'local state: services, data, keys, logs' },
  SV0_ARTIFACT_KEY_FILE: { schema: optional, default: 'made in the state folder', about: '32-byte key (hex) that seals artifacts' },
  SV0_EVIDENCE_KEY_FILE: {
    schema: optional,
    default: 'made in the state folder',
    about: 'Ed25519 private key (PEM) that signs evidence packs',
  },
  SV0_CREDENTIAL_KEYS: {
    schema: credentialKeys.optional(),
    default: 'a file, made in the state folder',
    about:
      'key-encryption keys of the credential store, comma-separated, the first is current: `kms:<key ARN>`, `keyvault:<key id with version>` or a file (docs/credentials.md)',
  },
  SV0_ENVIRONMENT: {
    schema: z
      .string()
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,14}[a-z0-9])?$/)
      .default('dev'),
    default: 'dev',
    about: 'names the vault `kv-sv0-{env}` and the path in AWS Secrets Manager',
  },
  SV0_KEY_VAULT: {
    schema: z.enum(['managed_identity', 'workload_identity', 'cli']).optional(),
    default: 'off',
    about: 'Azure Key Vault, and how the worker signs in to it',
  },
  SV0_AZURE_CLIENT_ID: {
    schema: optional,
    default: 'the system-assigned identity',
    about: 'client id of a user-assigned managed identity',
  },
  SV0_SECRETS_MANAGER_REGION: {
    schema: z
      .string()
      .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/)
      .optional(),
    default: 'off',
    about: 'AWS Secrets Manager, in this region',
  },
  SV0_FEDERATION_FILE: {
    schema: optional,
    default: 'none',
    about: 'JSON file: who we are to AWS, Entra and GitHub, for federation (docs/credentials.md)',
  },
  SV0_CONNECTORS_FILE: {
    schema: optional,
    default: 'none',
    about: 'JSON file of connectors from outside the repository, pinned by digest',
  },
  SV0_ISOLATION: {
    schema: z.enum(ISOLATION_LEVELS).optional(),
    default: 'the strongest of the host',
    about: 'requires this box around connector children: a host that cannot give it launches none (docs/deploy.md)',
  },
  SV0_MAX_CONNECTORS: {
    schema: z.coerce.number().int().min(1).max(100).default(4),
    default: '4',
    about: 'connector children at once per worker',
  },
  SV0_LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
    default: 'info',
    about: 'log level of the worker and the API',
  },
} as const;

export interface OidcConfig {
  /** As the tokens write it: a slash at the end counts. */
  readonly issuerName: string;
  readonly issuer: URL;
  readonly audience: string;
  readonly jwksUri: URL | undefined;
  readonly roleClaim: string;
  readonly roleNames: { readonly super_admin: string; readonly deploy_gate: string };
  readonly clientId: string | undefined;
  readonly clientSecretFile: string | undefined;
  readonly publicUrl: URL | undefined;
}

export interface TemporalTls {
  readonly serverName: string | undefined;
  readonly caFile: string | undefined;
  /** Both or neither. */
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
}

export interface AppConfig {
  readonly mongodbUri: string | undefined;
  readonly database: string;
  readonly temporalAddress: string | undefined;
  readonly temporalNamespace: string;
  /** Undefined: in the clear, as the development server speaks. */
  readonly temporalTls: TemporalTls | undefined;
  readonly temporalUiUrl: string | undefined;
  readonly queues: { readonly pipeline: string; readonly connectors: string };
  readonly apiHost: string;
  readonly apiPort: number;
  readonly apiPortIsSet: boolean;
  /** Of the command line: which API it speaks to. */
  readonly api: { readonly url: string | undefined; readonly token: string | undefined };
  /** Undefined: no issuer is configured. */
  readonly oidc: OidcConfig | undefined;
  /** Of the API: whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly Network[];
  /** Undefined: sessions end with the process. */
  readonly sessionKeyFile: string | undefined;
  readonly stateDir: string;
  readonly artifactKeyFile: string | undefined;
  readonly evidenceKeyFile: string | undefined;
  /** The first is current; undefined: a development host makes one. */
  readonly credentialKeys: readonly CredentialKeySetting[] | undefined;
  readonly environmentName: string;
  readonly keyVault:
    | { readonly signIn: 'managed_identity' | 'workload_identity' | 'cli'; readonly clientId: string | undefined }
    | undefined;
  readonly secretsManagerRegion: string | undefined;
  readonly federationFile: string | undefined;
  readonly connectorsFile: string | undefined;
  readonly isolation: 'bubblewrap' | 'namespaces' | 'uid' | 'none' | undefined;
  readonly maxConnectors: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

/** @throws InvalidInputError `INVALID_CONFIGURATION` with every wrong variable */
export function loadConfig(env: Readonly<Record<string, string | undefined>>, folder: string): AppConfig {
  const read = z.object(Object.fromEntries(Object.entries(SETTINGS).map(([name, { schema }]) => [name, schema])) as Shape);
  // An empty variable counts as absent.
  const given = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, env[name] === '' ? undefined : env[name]]));
  const result = read.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => ({ field: issue.path.join('.'), expected: issue.message }));
    throw new InvalidInputError(
      `the configuration is not valid: ${problems.map(({ field, expected }) => `${field}: ${expected}`).join('; ')}`,
      {
        code: 'INVALID_CONFIGURATION',
        problems,
      },
    );
  }
  const value = result.data;
  return {
    mongodbUri: value.MONGODB_URI,
    database: value.SV0_MONGODB_DATABASE,
    temporalAddress: value.TEMPORAL_ADDRESS,
    temporalNamespace: value.TEMPORAL_NAMESPACE,
    temporalTls: temporalTlsOf(value),
    temporalUiUrl: value.TEMPORAL_UI_URL,
    queues: { pipeline: value.SV0_TASK_QUEUE_PIPELINE, connectors: value.SV0_TASK_QUEUE_CONNECTORS },
    apiHost: value.SV0_API_HOST,
    apiPort: value.SV0_API_PORT,
    apiPortIsSet: given['SV0_API_PORT'] !== undefined,
    api: { url: value.SV0_API_URL, token: value.SV0_API_TOKEN },
    oidc: oidcOf(value),
    trustedProxies: value.SV0_TRUSTED_PROXIES ?? [],
    sessionKeyFile: value.SV0_SESSION_KEY_FILE,
    stateDir: value.SV0_STATE_DIR ?? join(folder, '.sv0'),
    artifactKeyFile: value.SV0_ARTIFACT_KEY_FILE,
    evidenceKeyFile: value.SV0_EVIDENCE_KEY_FILE,
    credentialKeys: value.SV0_CREDENTIAL_KEYS,
    environmentName: value.SV0_ENVIRONMENT,
    keyVault: value.SV0_KEY_VAULT === undefined ? undefined : { signIn: value.SV0_KEY_VAULT, clientId: value.SV0_AZURE_CLIENT_ID },
    secretsManagerRegion: value.SV0_SECRETS_MANAGER_REGION,
    federationFile: value.SV0_FEDERATION_FILE,
    connectorsFile: value.SV0_CONNECTORS_FILE,
    isolation: value.SV0_ISOLATION,
    maxConnectors: value.SV0_MAX_CONNECTORS,
    logLevel: value.SV0_LOG_LEVEL,
  };
}

function temporalTlsOf(value: z.output<z.ZodObject<Shape>>): TemporalTls | undefined {
  const files = {
    serverName: value.TEMPORAL_TLS_SERVER_NAME,
    caFile: value.TEMPORAL_TLS_SERVER_CA_CERT_PATH,
    certificateFile: value.TEMPORAL_TLS_CLIENT_CERT_PATH,
    keyFile: value.TEMPORAL_TLS_CLIENT_KEY_PATH,
  };
  if ((files.certificateFile === undefined) !== (files.keyFile === undefined)) {
    const field = files.keyFile === undefined ? 'TEMPORAL_TLS_CLIENT_KEY_PATH' : 'TEMPORAL_TLS_CLIENT_CERT_PATH';
    throw wrong(field, 'with the other of the pair: without it the frontend would be met without a certificate');
  }
  const given = Object.values(files).some((file) => file !== undefined);
  if (value.TEMPORAL_TLS === 'false' && given) throw wrong('TEMPORAL_TLS', 'true, or no TEMPORAL_TLS_… beside it');
  return given || value.TEMPORAL_TLS === 'true' ? files : undefined;
}

/** Of an issuer, and without it nothing. */
const WITH_ISSUER = [
  'SV0_OIDC_AUDIENCE',
  'SV0_OIDC_JWKS_URI',
  'SV0_OIDC_CLIENT_ID',
  'SV0_OIDC_CLIENT_SECRET_FILE',
  'SV0_PUBLIC_URL',
] as const;

function oidcOf(value: z.output<z.ZodObject<Shape>>): OidcConfig | undefined {
  if (value.SV0_OIDC_ISSUER === undefined) {
    const alone = WITH_ISSUER.find((name) => value[name] !== undefined);
    if (alone !== undefined) throw wrong(alone, 'with SV0_OIDC_ISSUER: without it nobody signs in by it');
    return undefined;
  }
  if (value.SV0_OIDC_AUDIENCE === undefined)
    throw wrong('SV0_OIDC_AUDIENCE', 'with SV0_OIDC_ISSUER: without it a token for another service of the issuer would count');
  const url = (text: string | undefined): URL | undefined => (text === undefined ? undefined : new URL(text));
  return {
    issuerName: value.SV0_OIDC_ISSUER,
    issuer: new URL(value.SV0_OIDC_ISSUER),
    audience: value.SV0_OIDC_AUDIENCE,
    jwksUri: url(value.SV0_OIDC_JWKS_URI),
    roleClaim: value.SV0_OIDC_ROLE_CLAIM,
    roleNames: { super_admin: value.SV0_OIDC_SUPER_ADMIN, deploy_gate: value.SV0_OIDC_DEPLOY_GATE },
    clientId: value.SV0_OIDC_CLIENT_ID,
    clientSecretFile: value.SV0_OIDC_CLIENT_SECRET_FILE,
    publicUrl: url(value.SV0_PUBLIC_URL),
  };
}

type Shape = { readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]['schema'] };

const wrong = (field: string, expected: string): InvalidInputError =>
  new InvalidInputError(`the configuration is not valid: ${field}: expected ${expected}`, {
    code: 'INVALID_CONFIGURATION',
    field,
    expected,
  });
