/** Who may ask: the demo's tokens, App JWTs, and installation tokens minted with them. */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { DEMO_GITHUB_TOKENS, type GithubNastiness } from './options.ts';
import type { GithubWorld, WorldInstallation } from './types.ts';

export interface Grant {
  readonly world: GithubWorld;
  /** Null: everything may be read. */
  readonly permissions: Readonly<Record<string, string>> | null;
  /** Null: all repositories. */
  readonly repositories: ReadonlySet<number> | null;
  readonly installation: WorldInstallation | null;
  readonly goodFrom: number;
  readonly goodUntil: number;
}

export type MintAnswer = { readonly status: number; readonly body: unknown };

const HOUR = 3_600_000;
const DEMO_TOKENS: Readonly<Record<string, string>> = DEMO_GITHUB_TOKENS;
const LEVELS = ['read', 'write', 'admin'];

export class Tokens {
  readonly #worlds: readonly GithubWorld[];
  readonly #nasty: GithubNastiness;
  readonly #mark: string;
  readonly #grants = new Map<string, Grant>();
  #minted = 0;

  constructor(worlds: readonly GithubWorld[], nasty: GithubNastiness, mark = '') {
    this.#worlds = worlds;
    this.#mark = mark;
    this.#nasty = nasty;
  }

  /** What a token of the `Authorization` header grants; null for an unknown one. */
  grantOf(authorization: string | undefined): Grant | null {
    const token = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return null;
    const known = this.#grants.get(token);
    if (known !== undefined) return known;
    const world = this.#worlds.find(({ organization }) => DEMO_TOKENS[organization.login] === token);
    if (world === undefined) return null;
    const grant = {
      world,
      permissions: null,
      repositories: null,
      installation: null,
      goodFrom: this.#freshUntil(),
      goodUntil: Number.POSITIVE_INFINITY,
    };
    this.#grants.set(token, grant);
    return grant;
  }

  /** False for what is no installation token of ours, or no longer. */
  revoke(authorization: string | undefined): boolean {
    const token = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    return (this.#grants.get(token)?.installation ?? null) !== null && this.#grants.delete(token);
  }

  /** PKCS #8 PEM of an App's key, made when it is first asked for. */
  privateKeyOf(appId: number): string {
    return keyOf(appId).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** The App that signed, or null: RS256, `iss` the App's id, `iat` not ahead, `exp` at most ten minutes away (docs.github.com, "Generating a JWT"). */
  async appOf(authorization: string | undefined): Promise<number | null> {
    const jwt = /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
    if (jwt === undefined) return null;
    try {
      const claimed = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as { iss?: unknown };
      const appId = Number(claimed.iss);
      if (!this.#installations().some(({ installation }) => installation.app.id === appId)) return null;
      const { payload } = await jwtVerify(jwt, keyOf(appId).publicKey, {
        algorithms: ['RS256'],
        requiredClaims: ['iat', 'exp', 'iss'],
      });
      const now = Date.now() / 1000;
      const { iat = 0, exp = 0 } = payload;
      return iat > now + 60 || exp > now + 600 + 5 ? null : appId;
    } catch {
      return null;
    }
  }

  installationOf(appId: number, id: number): { readonly world: GithubWorld; readonly installation: WorldInstallation } | null {
    return this.#installations().find(({ installation }) => installation.id === id && installation.app.id === appId) ?? null;
  }

  /** 201 with the token; 403, 404 or 422 as GitHub answers a suspended installation, a foreign one, and more than was granted. */
  mint(appId: number, id: number, wanted: unknown): MintAnswer {
    const found = this.installationOf(appId, id);
    if (found === null) return { status: 404, body: { message: 'Integration not found' } };
    const { world, installation } = found;
    if (installation.suspendedAt !== null) return { status: 403, body: { message: 'This installation has been suspended' } };
    const { permissions, repository_ids: ids, repositories: names } = (wanted ?? {}) as Record<string, unknown>;
    const granted = narrowed(installation.permissions, permissions);
    const chosen = this.#chosen(world, installation, ids, names);
    if (granted === null || chosen === undefined) {
      return { status: 422, body: { message: 'The permissions requested are not granted to this installation.' } };
    }
    this.#minted += 1;
    const token = `ghs_demo${this.#mark}${createHash('sha256').update(`${installation.id} ${this.#minted} ${Date.now()}`).digest('hex').slice(0, 24)}`;
    const goodUntil = Date.now() + (this.#nasty.tokenLifetimeMs ?? HOUR);
    this.#grants.set(token, { world, permissions: granted, repositories: chosen, installation, goodFrom: this.#freshUntil(), goodUntil });
    return {
      status: 201,
      body: {
        token,
        expires_at: new Date(goodUntil).toISOString().replace(/\.\d+Z$/, 'Z'),
        permissions: granted,
        repository_selection: chosen === null ? 'all' : 'selected',
        ...(chosen === null
          ? {}
          : { repositories: world.repositories.filter((one) => chosen.has(one.id)).map((one) => ({ id: one.id, name: one.name })) }),
      },
    };
  }

  /** Null: all; undefined: something that the installation does not reach. */
  #chosen(world: GithubWorld, installation: WorldInstallation, ids: unknown, names: unknown): ReadonlySet<number> | null | undefined {
    const reach = installation.selection === 'all' ? world.repositories.map(({ id }) => id) : installation.selection;
    const wanted = [
      ...(Array.isArray(ids) ? ids.map(Number) : []),
      ...(Array.isArray(names) ? names.map((name) => world.repositories.find((one) => one.name === name)?.id ?? Number.NaN) : []),
    ];
    if (wanted.length === 0) return installation.selection === 'all' ? null : new Set(reach);
    return wanted.every((id) => reach.includes(id)) ? new Set(wanted) : undefined;
  }

  #installations(): { readonly world: GithubWorld; readonly installation: WorldInstallation }[] {
    return this.#worlds.flatMap((world) => world.installations.map((installation) => ({ world, installation })));
  }

  #freshUntil(): number {
    return Date.now() + (this.#nasty.freshTokenMs ?? 0);
  }
}

/** Null when more is asked for than was granted. */
function narrowed(granted: Readonly<Record<string, string>>, wanted: unknown): Readonly<Record<string, string>> | null {
  if (typeof wanted !== 'object' || wanted === null) return granted;
  const asked = Object.entries(wanted as Record<string, unknown>);
  const within = asked.every(
    ([name, level]) => LEVELS.includes(String(level)) && LEVELS.indexOf(String(level)) <= LEVELS.indexOf(granted[name] ?? ''),
  );
  return within ? { metadata: 'read', ...(Object.fromEntries(asked) as Record<string, string>) } : null;
}

/** Of the process: making one costs time, and every emulator of it may know the same. */
const APP_KEYS = new Map<number, { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>();

function keyOf(appId: number): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  let pair = APP_KEYS.get(appId);
  if (pair === undefined) {
    const made = generateKeyPairSync('rsa', { modulusLength: 2048 });
    pair = { privateKey: createPrivateKey(made.privateKey.export({ type: 'pkcs8', format: 'pem' })), publicKey: made.publicKey };
    APP_KEYS.set(appId, pair);
  }
  return pair;
}
