/**
 * Identity on one's own machine: a key that lives as long as the process, and a sign-in link that works once, for five minutes.
 * It cannot be left on in production: it refuses to be there beside a configured issuer, and on an address that others can reach.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import { InvalidInputError } from '../../domain/errors.ts';
import type { Role } from '../caller.ts';
import { isLoopbackHost } from '../loopback.ts';
import type { TrustedIssuer } from './token.ts';

export interface LocalIssuer {
  readonly trusted: TrustedIssuer;
  /** For the command line of the same machine; it dies with the process's key. */
  token(user: string, role: Role, seconds: number): Promise<string>;
  /** A code that `redeem` takes once, within five minutes. */
  code(): string;
  redeem(code: string): boolean;
}

export interface LocalIssuerOptions {
  readonly host: string;
  readonly issuerConfigured: boolean;
  readonly now: () => Date;
}

export const LOCAL_USER = 'local-operator';
const ISSUER = 'urn:sv0:local-issuer';
const AUDIENCE = 'sv0';
const CODE_MS = 5 * 60_000;

/** @throws InvalidInputError `LOCAL_ISSUER_REFUSED` */
export async function createLocalIssuer({ host, issuerConfigured, now }: LocalIssuerOptions): Promise<LocalIssuer> {
  if (issuerConfigured) throw refused('SV0_OIDC_ISSUER', 'no issuer, or a process that does not bring the local one');
  if (!isLoopbackHost(host)) throw refused('SV0_API_HOST', 'localhost, 127.0.0.1 or ::1');
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const codes = new Map<string, number>();
  const digest = (code: string): string => createHash('sha256').update(code).digest('hex');
  return {
    trusted: {
      issuer: ISSUER,
      audience: AUDIENCE,
      keys: async () => publicKey,
      roleClaim: 'role',
      roleNames: { super_admin: 'super_admin', deploy_gate: 'deploy_gate' },
    },
    token: (user, role, seconds) => {
      const at = Math.floor(now().getTime() / 1_000);
      return new SignJWT({ role })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(user)
        .setJti(randomUUID())
        .setIssuedAt(at)
        .setExpirationTime(at + seconds)
        .sign(privateKey);
    },
    code: () => {
      for (const [held, until] of codes) if (until <= now().getTime()) codes.delete(held);
      const code = randomBytes(32).toString('base64url');
      codes.set(digest(code), now().getTime() + CODE_MS);
      return code;
    },
    redeem: (code) => {
      // Looked up by digest: how long a comparison takes says nothing of the code.
      const held = digest(code);
      const until = codes.get(held);
      codes.delete(held);
      return until !== undefined && until > now().getTime();
    },
  };
}

const refused = (field: string, expected: string): InvalidInputError =>
  new InvalidInputError('the local issuer is for one’s own machine alone', { code: 'LOCAL_ISSUER_REFUSED', field, expected });
