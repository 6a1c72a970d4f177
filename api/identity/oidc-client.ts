/** Authorization code with PKCE, state and nonce (RFC 7636, OpenID Connect Core 3.1), by `openid-client`. */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  ClientSecretPost,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
  AuthorizationResponseError,
} from 'openid-client';
import { TransientError } from '../../domain/errors.ts';
import type { Caller } from '../caller.ts';
import type { PendingSignIn } from './session.ts';
import { callerOfToken, identityOf, type TrustedIssuer } from './token.ts';

export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  /** Left out: a public client, by PKCE alone. */
  readonly clientSecret?: string;
  /** Of this server, as browsers reach it; the callback is `/sign-in/callback` under it. */
  readonly publicUrl: URL;
  readonly trusted: TrustedIssuer;
  readonly now: () => Date;
}

export interface OidcClient {
  leave(to: string): Promise<{ readonly address: URL; readonly pending: PendingSignIn }>;
  /** Null when the issuer's answer does not hold. */
  arrive(address: URL, pending: PendingSignIn): Promise<Omit<Caller, 'by'> | null>;
}

/** Plain http only where nobody can listen: an issuer on this machine. */
export const insecureAllowed = (issuer: URL): boolean =>
  issuer.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname);

export async function discoverIssuer({
  issuer,
  clientId,
  clientSecret,
}: Pick<OidcSettings, 'issuer' | 'clientId' | 'clientSecret'>): Promise<Configuration> {
  const authentication = clientSecret === undefined ? None() : ClientSecretPost(clientSecret);
  // The signature of the ID token is checked too, beside the TLS that it came by.
  const options = { timeout: 5, execute: [enableNonRepudiationChecks, ...(insecureAllowed(issuer) ? [allowInsecureRequests] : [])] };
  try {
    return await discovery(issuer, clientId, undefined, authentication, options);
  } catch {
    throw new TransientError('the sign-in issuer does not answer just now', { code: 'ISSUER_UNAVAILABLE', actor: 'operator' });
  }
}

export function createOidcClient(settings: OidcSettings): OidcClient {
  const { publicUrl, trusted, now } = settings;
  const redirect = new URL('/sign-in/callback', publicUrl);
  let found: Configuration | undefined;
  const configuration = async (): Promise<Configuration> => (found ??= await discoverIssuer(settings));

  return {
    leave: async (to) => {
      const pending = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), to };
      const address = buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirect.href,
        scope: 'openid profile email',
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      return { address, pending };
    },

    arrive: async (address, { state, nonce, verifier }) => {
      const answer = new URL(redirect);
      answer.search = address.search;
      try {
        const tokens = await authorizationCodeGrant(await configuration(), answer, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) return null;
        const known = identityOf(claims, trusted);
        if (known.roles.length > 0) return known;
        // Some issuers say the role in the access token alone: it counts only if it is one for us, of the same person.
        const access = await callerOfToken(tokens.access_token, trusted, now).catch(() => null);
        return access !== null && access.user_id === known.user_id ? { user_id: access.user_id, roles: access.roles } : known;
      } catch (error) {
        if (error instanceof ClientError || error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) return null;
        throw error;
      }
    },
  };
}
