/**
 * Tokens for Microsoft Graph. Minted by a plain client-credentials POST (Microsoft Learn, "OAuth 2.0 client credentials flow") through the
 * shared client, not by `@azure/identity`: that library refuses an authority without https (so no emulator could stand in for it), and
 * sends through its own pipeline, past the address checks of CONN-05. One request of four fields needs neither its cache nor its chains.
 */
import { createSourceHttp, type Authorize, mintedAuthorization, staticAuthorization } from '../sdk/http.ts';
import type { SourceHttpOptions } from '../sdk/http.ts';
import { SourceError } from '../sdk/types.ts';
import type { EntraCredential, EntraSettings } from './config.ts';

export async function entraAuthorization(
  settings: EntraSettings,
  credential: EntraCredential,
  shared: Omit<SourceHttpOptions, 'baseUrl' | 'authorize'>,
): Promise<Authorize> {
  if (credential.kind === 'access_token') {
    checkTenant(credential.accessToken, settings.tenant_id);
    return staticAuthorization(`Bearer ${credential.accessToken}`);
  }
  const authority = createSourceHttp({ ...shared, baseUrl: settings.authority_url, authorize: null });
  const authorize = mintedAuthorization(async () => {
    const answer = await authority.mint(`/${settings.tenant_id}/oauth2/v2.0/token`, {
      authorization: null,
      subject: 'token endpoint',
      form: {
        grant_type: 'client_credentials',
        client_id: credential.clientId,
        client_secret: credential.clientSecret,
        scope: `${new URL(settings.graph_url).origin}/.default`,
      },
    });
    const { token, expiresInSeconds } = readAnswer(answer.body);
    checkTenant(token, settings.tenant_id);
    return { value: `Bearer ${token}`, expiresAt: Date.now() + expiresInSeconds * 1000 };
  });
  // Asked for at once: a refused credential or a foreign tenant is one failure of the connection, not one of every category's own.
  await authorize(null);
  return authorize;
}

function readAnswer(body: unknown): { token: string; expiresInSeconds: number } {
  const { access_token: token, expires_in: seconds } = (body ?? {}) as { access_token?: unknown; expires_in?: unknown };
  const expiresInSeconds = Number(seconds);
  if (typeof token !== 'string' || token === '' || !Number.isFinite(expiresInSeconds) || expiresInSeconds <= 0) {
    throw new SourceError('the token endpoint answered without a token', {
      code: 'SOURCE_MALFORMED_RESPONSE',
      class: 'persistent',
      actor: 'engineer',
      subject: 'token endpoint',
    });
  }
  return { token, expiresInSeconds };
}

/**
 * The directory that a token is of must be the bound one (security.md, "federation"). Its signature is Graph's to check; the claim is read
 * to notice a mix-up of ours before another customer's directory is read into this tenant. What cannot be read is refused as well.
 */
export function checkTenant(token: string, tenantId: string): void {
  let tid: unknown;
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    tid = (claims as { tid?: unknown } | null)?.tid;
  } catch {
    tid = undefined;
  }
  if (typeof tid !== 'string' || tid.toLowerCase() !== tenantId) {
    throw new SourceError('the token is of another directory than the one this instance is bound to', {
      code: 'ENTRA_TENANT_MISMATCH',
      class: 'persistent',
      actor: 'operator',
      subject: 'token endpoint',
    });
  }
}
