/**
 * GitHub: our App signs a JWT, and an installation token comes back that can read what the connector declares and lives an hour. The key stays
 * here. `@octokit/auth-app` signs; the two requests are ours, because its installation tokens go through a cache that tenants would share.
 */
import { createAppAuth } from '@octokit/auth-app';
import type { ConnectorManifest } from '../../../domain/connectors/manifest.ts';
import { githubPermissions } from '../../../domain/onboarding/permissions.ts';
import { manifestNotReadOnly } from '../../../domain/onboarding/problems.ts';
import type { TargetedBinding } from '../../../domain/federation/types.ts';
import type { ProvidedCredential } from '../../provider.ts';
import { accessRefused, identityRefused, malformed, mismatch, refused, tooShort, tooWide } from './failures.ts';
import { type Answer, ask } from './http.ts';
import type { FederationMinter, MintRequest, ProbeRequest } from './minter.ts';

const NAME = 'github_app';
const INSTALLED = 'the installation of our App on the bound organisation, not suspended';
const READ_ONLY = 'an installation that was granted read permissions only';
/** Larger than any id that GitHub has given out. */
const NOBODYS_INSTALLATION = 2 ** 47 - 1;

type Permissions = Readonly<Record<string, string>>;

export interface GithubAppDeps {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** `https://api.github.com`. */
  readonly apiUrl: string;
}

export function createGithubApp({ appId, privateKey, apiUrl }: GithubAppDeps): FederationMinter<typeof NAME> {
  const app = createAppAuth({ appId, privateKey });
  const origin = apiUrl.replace(/\/+$/, '');

  async function call(path: string, permissions?: Permissions): Promise<Answer> {
    const { token } = await app({ type: 'app' }).catch(() => {
      throw identityRefused(NAME);
    });
    const post = permissions === undefined ? {} : { method: 'POST', body: JSON.stringify({ permissions }) };
    return await ask(NAME, `${origin}${path}`, { headers: headersWith(token), ...post });
  }

  /** At every mint: the installation is that of the bound account, whatever stands under its id by now. */
  async function boundInstallation({ target }: TargetedBinding<typeof NAME>): Promise<Installation> {
    const installation = await read(call, `/app/installations/${target.installation_id}`);
    if (installation.id !== target.installation_id || installation.account.id !== target.account_id || installation.appId !== appId)
      throw mismatch(NAME, 'an installation of our App on the bound organisation');
    return installation;
  }

  async function tokenFor(installation: number, permissions: Permissions): Promise<Token> {
    const answer = await call(`/app/installations/${installation}/access_tokens`, permissions);
    if (answer.status !== 201) throw failureOf(answer);
    return tokenOf(answer);
  }

  /** Of a token that nobody is going to use. It would end by itself within the hour: that it could not be ended sooner changes no verdict. */
  async function end({ token }: Token): Promise<void> {
    await ask(NAME, `${origin}/installation/token`, { method: 'DELETE', headers: headersWith(token) }).catch(() => undefined);
  }

  async function checked({ binding, manifest, deadline }: MintRequest<typeof NAME>): Promise<Token> {
    const installation = await boundInstallation(binding);
    const token = await tokenFor(installation.id, narrowed(manifest, installation));
    const wide = Object.values(token.permissions).some((level) => level !== 'read');
    const short = deadline !== null && token.expires_at.getTime() + 60_000 < deadline.getTime();
    if (!wide && !short) return token;
    await end(token);
    throw wide ? tooWide(NAME, READ_ONLY) : tooShort(NAME, 'at most 3600 seconds');
  }

  async function mint(request: MintRequest<typeof NAME>): Promise<ProvidedCredential> {
    const { token, expires_at } = await checked(request);
    return { variables: { GITHUB_TOKEN: token }, version: 'token', expires_at };
  }

  async function positive(request: ProbeRequest<typeof NAME>): Promise<void> {
    const installation = await boundInstallation(request.binding);
    // The other way round: the organisation that the connection reads must name this installation and this account itself.
    const named = await read(call, `/orgs/${encodeURIComponent(request.source_tenant)}/installation`);
    if (named.id !== installation.id || named.account.login.toLowerCase() !== request.source_tenant.toLowerCase())
      throw mismatch(NAME, `the installation of our App on ${request.source_tenant}`);
    if (Object.values(installation.permissions).some((level) => level !== 'read')) throw tooWide(NAME, READ_ONLY);
    await end(await checked(request));
  }

  return {
    provider: NAME,
    produces: ['GITHUB_TOKEN'],
    mint,
    questions: (request) => {
      const { installation_id } = request.binding.target;
      return [
        {
          name: 'other_installation',
          expected: 'refused',
          remedy: 'an API that tells installations apart (api_url in SV0_FEDERATION_FILE)',
          ask: async () => end(await tokenFor(NOBODYS_INSTALLATION, { metadata: 'read' })),
        },
        {
          name: 'write_permission',
          expected: 'refused',
          remedy: READ_ONLY,
          ask: async () => end(await tokenFor(installation_id, { contents: 'write' })),
        },
        { name: 'own_installation', expected: 'granted', remedy: INSTALLED, ask: () => positive(request) },
      ];
    },
  };
}

interface Installation {
  readonly id: number;
  readonly appId: number;
  readonly account: { readonly id: number; readonly login: string };
  readonly permissions: Permissions;
}

interface Token {
  readonly token: string;
  readonly expires_at: Date;
  readonly permissions: Permissions;
}

async function read(call: (path: string) => Promise<Answer>, path: string): Promise<Installation> {
  const answer = await call(path);
  if (answer.status !== 200) throw failureOf(answer);
  const { id, app_id, account, permissions, suspended_at } = answer.body ?? {};
  const { id: accountId, login } = recordOf(account);
  if (typeof id !== 'number' || typeof app_id !== 'number' || typeof accountId !== 'number' || typeof login !== 'string')
    throw malformed(NAME, 'an installation with its account');
  if (suspended_at !== null && suspended_at !== undefined) throw accessRefused(NAME, INSTALLED);
  return { id, appId: app_id, account: { id: accountId, login }, permissions: recordOf(permissions) as Permissions };
}

function tokenOf({ body }: Answer): Token {
  const { token, expires_at, permissions } = body ?? {};
  const end = new Date(typeof expires_at === 'string' ? expires_at : Number.NaN);
  if (typeof token !== 'string' || token === '' || Number.isNaN(end.getTime()) || typeof permissions !== 'object' || permissions === null)
    throw malformed(NAME, 'a token with its end and its permissions');
  return { token, expires_at: end, permissions: permissions as Permissions };
}

/** What the connector declares, as far as it was granted: a category without its permission is the connector's to report. */
function narrowed(manifest: ConnectorManifest, { permissions }: Installation): Permissions {
  const wanted = githubPermissions(manifest);
  if (wanted === null) {
    throw manifestNotReadOnly(manifest.kind);
  }
  const granted = Object.keys(wanted).filter((name) => Object.hasOwn(permissions, name));
  // To ask for nothing is to ask for everything.
  if (granted.length === 0) throw accessRefused(NAME, INSTALLED);
  return Object.fromEntries(granted.map((name) => [name, 'read']));
}

const headersWith = (token: string): Readonly<Record<string, string>> => ({
  accept: 'application/vnd.github+json',
  authorization: `Bearer ${token}`,
  'user-agent': 'sv0-pipeline',
  'x-github-api-version': '2022-11-28',
});

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** 403: suspended; 404: of another App, or nobody's; 422: more than was granted. */
function failureOf({ status }: Answer): Error {
  if (status === 401) return identityRefused(NAME);
  if (status === 403 || status === 404 || status === 422) return accessRefused(NAME, INSTALLED);
  return refused(NAME);
}
