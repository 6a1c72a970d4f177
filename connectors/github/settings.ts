/** The instance's settings and the credential, checked before anything is sent. */
import { z } from 'zod';
import type { ScopeFile } from '../contract/scope.ts';
import { SourceError } from '../sdk/types.ts';
import { DEFAULT_BASE_URL, githubManifest } from './manifest.ts';

export interface GithubSettings {
  readonly organization: string;
  readonly baseUrl: string;
  readonly allowPrivate: boolean;
  /** Host part of join keys; lower case. */
  readonly apiHost: string;
  /** Issuer part of join keys: host and path without scheme. */
  readonly oidcIssuer: string;
  /** Immutable subjects exist on GitHub's own hosts only (docs.github.com, "OpenID Connect reference"). */
  readonly hosted: boolean;
  /** Lower-case names, or null for all. */
  readonly repositories: ReadonlySet<string> | null;
}

const declared = githubManifest.config;
const config = z.object({
  organization: z.string().regex(new RegExp(declared.organization.pattern)),
  base_url: z.url().default(DEFAULT_BASE_URL),
  api_host: z.string().regex(new RegExp(declared.api_host.pattern)).optional(),
  oidc_issuer: z.string().regex(new RegExp(declared.oidc_issuer.pattern)).optional(),
  allow_private: z.boolean().default(false),
});
const params = z.object({ repositories: z.array(z.string().min(1).max(100)).min(1).optional() });

/** Throws a `SourceError` (`CONFIG_INVALID`) that names the setting. */
export function readSettings(scope: ScopeFile): GithubSettings {
  const settings = checked('config', config, scope.config);
  const { repositories } = checked('params', params, scope.params);
  // An organization's login is the source tenant of all that is emitted: two names would make two of everything.
  if (scope.source_tenant.toLowerCase() !== settings.organization.toLowerCase())
    throw invalid('source_tenant of the scope is not config.organization');
  const apiHost = settings.api_host ?? hostOf(settings.base_url);
  return {
    organization: settings.organization,
    baseUrl: settings.base_url,
    allowPrivate: settings.allow_private,
    apiHost,
    oidcIssuer: settings.oidc_issuer ?? issuerOf(apiHost),
    hosted: isHosted(apiHost),
    repositories: repositories === undefined ? null : new Set(repositories.map((name) => name.toLowerCase())),
  };
}

/** From the one declared variable; an empty one counts as absent (CRED-11). */
export function readToken(env: Readonly<Record<string, string | undefined>>): string {
  const token = env['GITHUB_TOKEN'];
  if (!token)
    throw new SourceError('no credential was given: GITHUB_TOKEN', { code: 'CREDENTIALS_MISSING', class: 'persistent', actor: 'customer' });
  return token;
}

/** A loopback address is nobody's name for it: what stands there is an emulator of github.com, unless `api_host` says otherwise. */
function hostOf(baseUrl: string): string {
  const url = new URL(baseUrl);
  return /^(?:localhost|127\.|\[::1\])/.test(url.hostname) ? new URL(DEFAULT_BASE_URL).host : url.host.toLowerCase();
}

const isHosted = (apiHost: string): boolean => apiHost === 'api.github.com' || /^api\.[a-z0-9-]+\.ghe\.com$/.test(apiHost);

/** docs.github.com: "OpenID Connect reference", of GitHub.com, of GHE.com, and of GitHub Enterprise Server. */
function issuerOf(apiHost: string): string {
  if (apiHost === 'api.github.com') return 'token.actions.githubusercontent.com';
  return isHosted(apiHost) ? apiHost.replace(/^api\./, 'token.actions.') : `${apiHost}/_services/token`;
}

function checked<Shape extends z.ZodType>(what: string, schema: Shape, value: unknown): z.infer<Shape> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(`${what}.${parsed.error.issues[0]?.path.join('.') ?? ''} is missing or not valid`);
  return parsed.data;
}

const invalid = (message: string): SourceError =>
  new SourceError(message, { code: 'CONFIG_INVALID', class: 'persistent', actor: 'operator' });
