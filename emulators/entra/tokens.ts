/** The token endpoint (`/{tenant}/oauth2/v2.0/token`) and what it gave out. */
import { createHash } from 'node:crypto';
import type { EntraNastiness } from './options.ts';
import { GraphRefusal } from './schema.ts';

interface Issued {
  readonly expiresAt: number;
  used: number;
}

export interface TokenFacts {
  readonly tenantId: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  readonly now: Date;
  readonly nasty: EntraNastiness;
}

export class Tokens {
  readonly #issued = new Map<string, Issued>();
  readonly #facts: TokenFacts;
  constructor(facts: TokenFacts) {
    this.#facts = facts;
  }

  /** RFC 6749 §4.4; errors in the authority's shape. */
  issue(tenant: string, form: URLSearchParams): { readonly status: number; readonly body: unknown } {
    const { client, tenantId, nasty, now } = this.#facts;
    if (tenant.toLowerCase() !== tenantId) return refuse(400, 'invalid_request', 90002);
    if (form.get('grant_type') !== 'client_credentials') return refuse(400, 'unsupported_grant_type', 70003);
    if (form.get('scope')?.endsWith('/.default') !== true) return refuse(400, 'invalid_scope', 1002012);
    if (form.get('client_id') !== client.clientId) return refuse(400, 'unauthorized_client', 700016);
    if (form.get('client_secret') !== client.clientSecret) return refuse(401, 'invalid_client', 7000215);
    const seconds = nasty.tokenSeconds ?? 3599;
    const issuedAt = Math.floor(now.getTime() / 1000);
    const tid = nasty.tokenTenant ?? tenantId;
    const token = [
      encode({ typ: 'JWT', alg: 'RS256', kid: 'emulator' }),
      encode({
        aud: form.get('scope')?.slice(0, -'/.default'.length),
        iss: `https://sts.windows.net/${tid}/`,
        iat: issuedAt,
        nbf: issuedAt,
        exp: issuedAt + seconds,
        appid: client.clientId,
        idtyp: 'app',
        tid,
        uti: String(this.#issued.size),
      }),
      // Nobody can check it, and nobody who reads Graph may: it only has to be long and never the same.
      createHash('sha256').update(`signature ${this.#issued.size}`).digest('base64url'),
    ].join('.');
    this.#issued.set(token, { expiresAt: performance.now() + seconds * 1000, used: 0 });
    return { status: 200, body: { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: token } };
  }

  /** Throws 401 in Graph's shape; calls `expired` when the refused token had once been good. */
  check(authorization: string | undefined, expired: () => void): void {
    const issued = this.#issued.get(authorization?.replace(/^Bearer /, '') ?? '');
    const limit = this.#facts.nasty.tokenRequests ?? Number.POSITIVE_INFINITY;
    if (issued !== undefined && issued.expiresAt > performance.now() && issued.used < limit) {
      issued.used += 1;
      return;
    }
    if (issued !== undefined) expired();
    throw new GraphRefusal(
      401,
      'InvalidAuthenticationToken',
      issued === undefined ? 'Access token is empty or not valid.' : 'Lifetime validation failed, the token is expired.',
    );
  }
}

function refuse(status: number, error: string, code: number): { status: number; body: unknown } {
  return { status, body: { error, error_description: `AADSTS${code}: refused by the emulator.`, error_codes: [code] } };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
