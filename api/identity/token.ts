/** Verifies bearer tokens of one issuer (API-04): signature by its published keys, issuer, audience, time, and a role that we know. */
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { TransientError } from '../../domain/errors.ts';
import { type Caller, type Role, ROLES } from '../caller.ts';
import { HttpRefusal } from '../problems.ts';

export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
  /** Where roles are in the token: a claim's name, or a path with dots. Its value is one role or a list. */
  readonly roleClaim: string;
  /** What the issuer calls our roles. */
  readonly roleNames: Readonly<Record<Role, string>>;
}

/** Asymmetric only: `none` and shared-secret algorithms would let whoever reads the public key sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const CLOCK_TOLERANCE_SECONDS = 30;
const USER_ID = /^[\x21-\x7e]{1,200}$/;

/** Keys of the issuer, cached and fetched again when a token names one that is not known. `address` is asked once, when it is first needed. */
export function remoteKeys(address: () => Promise<URL>): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined;
  return async (header, token) => {
    keys ??= createRemoteJWKSet(await address(), { timeoutDuration: 5_000, cooldownDuration: 30_000, cacheMaxAge: 600_000 });
    return await keys(header, token);
  };
}

/** @throws HttpRefusal 401 `TOKEN_REFUSED`, `TOKEN_EXPIRED`; TransientError `ISSUER_UNAVAILABLE` */
export async function callerOfToken(token: string, trusted: TrustedIssuer, now: () => Date): Promise<Caller> {
  try {
    const { payload } = await jwtVerify(token, trusted.keys, {
      issuer: trusted.issuer,
      audience: trusted.audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now(),
    });
    return { ...identityOf(payload, trusted), by: 'token' };
  } catch (error) {
    throw refusalOf(error);
  }
}

/** @throws HttpRefusal for a subject that could not be recorded as it is */
export function identityOf(
  claims: JWTPayload,
  { roleClaim, roleNames }: Pick<TrustedIssuer, 'roleClaim' | 'roleNames'>,
): Omit<Caller, 'by'> {
  if (typeof claims.sub !== 'string' || !USER_ID.test(claims.sub)) throw refused();
  const given = valuesAt(claims, roleClaim);
  return { user_id: claims.sub, roles: ROLES.filter((role) => given.includes(roleNames[role])) };
}

function valuesAt(claims: JWTPayload, path: string): readonly unknown[] {
  let value: unknown = Object.hasOwn(claims, path) ? claims[path] : claims;
  if (value === claims) {
    for (const name of path.split('.')) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    }
  }
  return Array.isArray(value) ? value : [value];
}

const refused = (): HttpRefusal => new HttpRefusal(401, 'TOKEN_REFUSED', 'the token is not one that this server accepts');

/** Which check failed is not said, but for the one that a client can do something about. */
function refusalOf(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return new HttpRefusal(401, 'TOKEN_EXPIRED', 'the token has expired');
  const unreachable = error instanceof errors.JWKSTimeout || (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC');
  if (unreachable || !(error instanceof errors.JOSEError || error instanceof HttpRefusal))
    return new TransientError('the keys of the token issuer cannot be had just now', { code: 'ISSUER_UNAVAILABLE', actor: 'operator' });
  return error instanceof HttpRefusal ? error : refused();
}
