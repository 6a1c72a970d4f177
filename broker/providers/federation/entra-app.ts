/**
 * Entra: our multi-tenant application, by the client-credentials grant at the authority of the bound directory and no other. The child gets the
 * access token; what proves that we are the application stays here. A plain request instead of `@azure/identity`: that library keeps tokens in a
 * cache and asks the network which authorities there are (docs/decisions/0009).
 */
import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { ConnectorManifest } from '../../../domain/connectors/manifest.ts';
import { isGraphRead, permissionsOf } from '../../../domain/onboarding/permissions.ts';
import type { TargetedBinding } from '../../../domain/federation/types.ts';
import type { ProvidedCredential } from '../../provider.ts';
import { accessRefused, identityRefused, malformed, mismatch, refused, tooShort, tooWide } from './failures.ts';
import { type Answer, ask } from './http.ts';
import type { FederationMinter, MintRequest } from './minter.ts';

const NAME = 'entra_app';
const CONSENT = 'the admin consent of the bound directory to our application';

export interface EntraAppDeps {
  readonly clientId: string;
  /** `https://login.microsoftonline.com`, or a national cloud's. */
  readonly authorityUrl: string;
  /** The origin that tokens are for: `https://graph.microsoft.com`. */
  readonly graphUrl: string;
  /** The part of the form that proves who we are: a client assertion for this token endpoint, or a secret. */
  readonly proof: (tokenEndpoint: string) => Promise<Readonly<Record<string, string>>>;
  readonly now: () => Date;
}

export function createEntraApp({ clientId, authorityUrl, graphUrl, proof, now }: EntraAppDeps): FederationMinter<typeof NAME> {
  async function tokenAt(directory: string): Promise<Readonly<Record<string, unknown>>> {
    const endpoint = `${authorityUrl.replace(/\/+$/, '')}/${directory}/oauth2/v2.0/token`;
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      scope: `${new URL(graphUrl).origin}/.default`,
      ...(await proof(endpoint)),
    };
    const answer = await ask(NAME, endpoint, { method: 'POST', body: new URLSearchParams(form) });
    if (answer.status !== 200 || answer.body === null) throw failureOf(answer);
    return answer.body;
  }

  async function mint({ binding, manifest, deadline }: MintRequest<typeof NAME>): Promise<ProvidedCredential> {
    const { access_token: token, expires_in: seconds } = await tokenAt(binding.target.entra_tenant_id);
    if (typeof token !== 'string' || token === '' || typeof seconds !== 'number' || !(seconds > 0))
      throw malformed(NAME, 'an access token with the seconds that it lives');
    assertBound(token, binding, manifest);
    const expires_at = new Date(now().getTime() + seconds * 1000);
    // A token lives 60 to 90 minutes; the library on the other side has begun to count a little earlier than we do.
    if (deadline !== null && expires_at.getTime() + 60_000 < deadline.getTime()) throw tooShort(NAME, `at most ${seconds} seconds`);
    return { variables: { ENTRA_ACCESS_TOKEN: token }, version: 'token', expires_at };
  }

  return {
    provider: NAME,
    produces: ['ENTRA_ACCESS_TOKEN'],
    mint,
    questions: (request) => [
      {
        name: 'other_authority',
        expected: 'refused',
        remedy: 'an authority that tells directories apart (authority_url in SV0_FEDERATION_FILE)',
        // A directory that nobody has: whoever lets us in there does not look at the directory.
        ask: () => tokenAt(randomUUID()),
      },
      { name: 'own_authority', expected: 'granted', remedy: CONSENT, ask: () => mint(request) },
    ],
  };
}

/** Whose directory the token is of, and that it can only read: Graph checks its signature, and we what we asked for. */
function assertBound(token: string, { target }: TargetedBinding<typeof NAME>, manifest: ConnectorManifest): void {
  let claims: Readonly<Record<string, unknown>>;
  try {
    claims = decodeJwt(token);
  } catch {
    throw malformed(NAME, 'an access token of Microsoft Graph');
  }
  const { tid, roles = [] } = claims;
  if (typeof tid !== 'string' || tid.toLowerCase() !== target.entra_tenant_id) throw mismatch(NAME, 'a token of the bound directory');
  const granted = Array.isArray(roles) ? roles : [roles];
  if (!granted.every((role) => typeof role === 'string' && isGraphRead(role)))
    throw tooWide(NAME, `the application permissions ${permissionsOf(manifest).join(', ')} and none that writes`);
  if (granted.length === 0) throw accessRefused(NAME, CONSENT);
}

/**
 * The directory is not there; our application is not in it, or without consent (Microsoft Learn, "Microsoft Entra authentication and authorization
 * error codes").
 */
const NOT_LET_IN = new Set([50_020, 65_001, 90_002, 700_016, 900_023, 7_000_229]);
/** Our secret or certificate is wrong, expired or unknown. */
const NOT_US = new Set([700_024, 700_027, 7_000_215, 7_000_222]);

function failureOf({ status, body }: Answer): Error {
  const codes = Array.isArray(body?.['error_codes']) ? (body['error_codes'] as unknown[]).map(Number) : [];
  if (codes.some((code) => NOT_US.has(code))) return identityRefused(NAME);
  if (codes.some((code) => NOT_LET_IN.has(code))) return accessRefused(NAME, CONSENT);
  if (body?.['error'] === 'invalid_client') return identityRefused(NAME);
  return status === 200 ? malformed(NAME, 'a JSON object') : refused(NAME);
}
