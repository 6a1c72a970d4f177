/** Who may come in, as the configuration says: tokens and sign-in of an issuer, or the local issuer of one's own machine. */
import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import type { CallerSource } from '../../api/caller.ts';
import type { AppEnv } from '../../api/context.ts';
import { createCallers } from '../../api/identity/callers.ts';
import { createLocalIssuer, type LocalIssuer, LOCAL_USER } from '../../api/identity/local-issuer.ts';
import { createOidcClient, discoverIssuer } from '../../api/identity/oidc-client.ts';
import { createSessions } from '../../api/identity/session.ts';
import { localLink, signInRoutes } from '../../api/identity/sign-in.tsx';
import { remoteKeys, type TrustedIssuer } from '../../api/identity/token.ts';
import { PersistentError } from '../../domain/errors.ts';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import type { AuditRepository } from '../../storage/ports/audit.ts';
import type { EndedSessions } from '../../storage/ports/ended-sessions.ts';
import type { AppConfig } from '../config.ts';
import { isLoopbackHost } from '../../api/loopback.ts';
import { keyOfFile, ownFile } from './keys.ts';

export interface Identity {
  readonly callers: CallerSource;
  readonly signIn: Hono<AppEnv>;
  readonly issuerConfigured: boolean;
  /** Host names beside the loopback ones. */
  readonly hosts: readonly string[];
  /** Only with the local issuer: a path that signs in once, and a token for this machine's command line. */
  readonly local: { readonly link: () => string; readonly token: () => Promise<string> } | null;
}

export interface IdentityParts {
  readonly config: Pick<AppConfig, 'apiHost' | 'oidc' | 'sessionKeyFile'>;
  readonly audit: Pick<AuditRepository, 'append'>;
  readonly endedSessions: EndedSessions;
  readonly now: () => Date;
  /** `npm start` brings its own issuer, or does not start; `sv0 api` brings it when none is configured. */
  readonly localIssuer: 'always' | 'unless-configured';
}

/** The token dies with the process's key; this only bounds a process that is never stopped. */
const CLI_TOKEN_SECONDS = 30 * 86_400;

/** @throws InvalidInputError `LOCAL_ISSUER_REFUSED`, `INVALID_CONFIGURATION` */
export async function createIdentity({ config, audit, endedSessions, now, localIssuer }: IdentityParts): Promise<Identity> {
  const { oidc } = config;
  const record: Parameters<typeof signInRoutes>[0]['audit']['record'] = async ({ action, actor, subject }) => {
    await audit.append(PLATFORM, { at: now(), action, outcome: action === 'session.refused' ? 'refused' : 'done', actor, subject });
  };
  const secure = oidc?.publicUrl === undefined ? !isLoopbackHost(config.apiHost) : oidc.publicUrl.protocol === 'https:';
  const sessions = createSessions({ key: await sessionKey(config.sessionKeyFile), secure, ended: endedSessions, now });
  if (oidc === undefined || localIssuer === 'always') {
    const issuer = await createLocalIssuer({ host: config.apiHost, issuerConfigured: oidc !== undefined, now });
    return {
      callers: createCallers(issuer.trusted, sessions, now),
      signIn: signInRoutes({ sessions, audit: { record }, way: { kind: 'local', issuer, now } }),
      issuerConfigured: false,
      hosts: [],
      local: localOf(issuer),
    };
  }
  const { issuer, audience, roleClaim, roleNames, clientId, publicUrl } = oidc;
  const clientSecret =
    oidc.clientSecretFile === undefined ? undefined : (await ownFile(oidc.clientSecretFile, 'SV0_OIDC_CLIENT_SECRET_FILE')).trim();
  const client = { issuer, clientId: clientId ?? audience, ...(clientSecret === undefined ? {} : { clientSecret }) };
  const keys = remoteKeys(async () => oidc.jwksUri ?? (await jwksOf(client)));
  const trusted: TrustedIssuer = { issuer: oidc.issuerName, audience, keys, roleClaim, roleNames };
  const way =
    clientId === undefined || publicUrl === undefined
      ? null
      : ({ kind: 'oidc', client: createOidcClient({ ...client, publicUrl, trusted, now }) } as const);
  return {
    callers: createCallers(trusted, sessions, now),
    signIn: signInRoutes({ sessions, audit: { record }, way }),
    issuerConfigured: true,
    hosts: publicUrl === undefined ? [] : [publicUrl.hostname],
    local: null,
  };
}

const localOf = (issuer: LocalIssuer): Identity['local'] => ({
  link: () => localLink(issuer),
  token: () => issuer.token(LOCAL_USER, 'super_admin', CLI_TOKEN_SECONDS),
});

async function jwksOf(client: Parameters<typeof discoverIssuer>[0]): Promise<URL> {
  const { jwks_uri } = (await discoverIssuer(client)).serverMetadata();
  if (jwks_uri === undefined)
    throw new PersistentError('the issuer publishes no keys', {
      code: 'ISSUER_WITHOUT_KEYS',
      actor: 'operator',
      field: 'SV0_OIDC_JWKS_URI',
    });
  return new URL(jwks_uri);
}

/** Of its own for each start, unless several processes have to share sessions. */
const sessionKey = async (file: string | undefined): Promise<Uint8Array> =>
  file === undefined ? randomBytes(32) : keyOfFile(file, 'SV0_SESSION_KEY_FILE');
