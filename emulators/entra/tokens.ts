/** The token endpoint (`/{tenant}/oauth2/v2.0/token`) and what it gave out. */
import { createHash, X509Certificate } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { EntraNastiness, EntraPlatformApp } from './options.ts';
import { GraphRefusal } from './schema.ts';

export interface Issued {
  readonly expiresAt: number;
  readonly tenantId: string;
  /** Null: everything may be read. */
  readonly roles: readonly string[] | null;
  used: number;
}

export interface TokenFacts {
  /** The client is at home in the first. */
  readonly directories: readonly string[];
  readonly platformApp: EntraPlatformApp | null;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  readonly now: Date;
  readonly nasty: EntraNastiness;
  readonly mark: string;
}

export class Tokens {
  readonly #issued = new Map<string, Issued>();
  readonly #facts: TokenFacts;
  constructor(facts: TokenFacts) {
    this.#facts = facts;
  }

  /** RFC 6749 §4.4; errors in the authority's shape. `endpoint`: what a client assertion must be meant for. */
  async issue(asked: string, form: URLSearchParams, endpoint: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const { client, directories, platformApp } = this.#facts;
    const tenant = asked.toLowerCase();
    if (!directories.includes(tenant)) return refuse(400, 'invalid_request', 90002);
    if (form.get('grant_type') !== 'client_credentials') return refuse(400, 'unsupported_grant_type', 70003);
    if (form.get('scope')?.endsWith('/.default') !== true) return refuse(400, 'invalid_scope', 1002012);
    if (platformApp !== null && form.get('client_id') === platformApp.clientId) {
      const problem = await problemOfProof(platformApp, form, endpoint);
      if (problem !== null) return refuse(401, 'invalid_client', problem);
      const roles = platformApp.consents.get(tenant);
      // "… is missing service principal in the tenant": nobody there has consented to it.
      if (roles === undefined) return refuse(401, 'unauthorized_client', 7000229);
      return this.#given(tenant, platformApp.clientId, form, roles);
    }
    if (form.get('client_id') !== client.clientId || tenant !== directories[0]) return refuse(400, 'unauthorized_client', 700016);
    if (form.get('client_secret') !== client.clientSecret) return refuse(401, 'invalid_client', 7000215);
    return this.#given(tenant, client.clientId, form, null);
  }

  #given(tenantId: string, clientId: string, form: URLSearchParams, roles: readonly string[] | null): { status: number; body: unknown } {
    const { nasty, now } = this.#facts;
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
        appid: clientId,
        idtyp: 'app',
        tid,
        ...(roles === null || roles.length === 0 ? {} : { roles }),
        uti: String(this.#issued.size),
      }),
      // Nobody can check it, and nobody who reads Graph may: it only has to be long and never the same.
      `${this.#facts.mark}${createHash('sha256').update(`signature ${this.#issued.size}`).digest('base64url')}`,
    ].join('.');
    this.#issued.set(token, { expiresAt: performance.now() + seconds * 1000, tenantId, roles, used: 0 });
    return { status: 200, body: { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: token } };
  }

  /** Throws 401 in Graph's shape; calls `expired` when the refused token had once been good. */
  check(authorization: string | undefined, expired: () => void): Issued {
    const issued = this.#issued.get(authorization?.replace(/^Bearer /, '') ?? '');
    const limit = this.#facts.nasty.tokenRequests ?? Number.POSITIVE_INFINITY;
    if (issued !== undefined && issued.expiresAt > performance.now() && issued.used < limit) {
      issued.used += 1;
      return issued;
    }
    if (issued !== undefined) expired();
    throw new GraphRefusal(
      401,
      'InvalidAuthenticationToken',
      issued === undefined ? 'Access token is empty or not valid.' : 'Lifetime validation failed, the token is expired.',
    );
  }
}

/** The AADSTS number of what is wrong with the secret or the assertion; null when nothing is. */
async function problemOfProof(app: EntraPlatformApp, form: URLSearchParams, endpoint: string): Promise<number | null> {
  const assertion = form.get('client_assertion');
  if (assertion === null) return app.clientSecret !== undefined && form.get('client_secret') === app.clientSecret ? null : 7000215;
  if (app.certificate === undefined || form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    return 700027;
  try {
    const certificate = new X509Certificate(app.certificate);
    const expected = { algorithms: ['PS256'], audience: endpoint, issuer: app.clientId, subject: app.clientId };
    const { protectedHeader } = await jwtVerify(assertion, certificate.publicKey, { ...expected, requiredClaims: ['exp', 'jti', 'nbf'] });
    return protectedHeader['x5t#S256'] === createHash('sha256').update(certificate.raw).digest('base64url') ? null : 700027;
  } catch {
    return 700027;
  }
}

function refuse(status: number, error: string, code: number): { status: number; body: unknown } {
  return { status, body: { error, error_description: `AADSTS${code}: refused by the emulator.`, error_codes: [code] } };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
