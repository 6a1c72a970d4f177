/**
 * A vault and the managed-identity endpoint of a host (IMDS, 2018-02-01) on one loopback port. The vault asks for a token by a 401 challenge,
 * folds case, limits names, keeps versions, pages and throttles; tokens are those of its own endpoint and of nobody else.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../listen.ts';
import type { RunningEmulator } from '../types.ts';
import { Keys, unwrap, wrap } from './keys.ts';
import type { KeyVaultEmulatorOptions, KeyVaultNastiness, VaultKey, VaultSecret } from './options.ts';
import { Secrets, type Version } from './secrets.ts';

const RESOURCE = 'https://vault.azure.net';
const DIRECTORY = '00000000-0000-4000-8000-000000000001';
/** @azure/identity 4.13 puts a slash at the end. */
const IDENTITY = /^\/metadata\/identity\/oauth2\/token\/?$/;
const API_VERSION = /^(?:7\.[0-9](?:-preview\.\d)?|20\d\d-\d\d-\d\d(?:-preview)?)$/;

const KEY_OPERATIONS: Readonly<Record<string, 'get' | 'wrapKey' | 'unwrapKey'>> = {
  'GET ': 'get',
  'POST wrapkey': 'wrapKey',
  'POST unwrapkey': 'unwrapKey',
};

export interface RunningKeyVault extends RunningEmulator {
  /** A new version, as somebody with rights of their own would write it. */
  set(secret: VaultSecret): void;
  remove(name: string): void;
  /** A new version of a key; its id, as a client names it. */
  addKey(key: VaultKey): string;
  enableKey(name: string, enabled: boolean): void;
  /** From now on. */
  misbehave(nasty: KeyVaultNastiness): void;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function startKeyVaultEmulator(options: KeyVaultEmulatorOptions = {}): Promise<RunningKeyVault> {
  const vault = new KeyVault(options);
  const listening = await listen((request, response) => void vault.answer(request, response), options.port);
  vault.url = listening.url;
  return {
    ...listening,
    counters: vault.counters,
    set: (secret) => void vault.secrets.set(secret),
    remove: (name) => vault.secrets.remove(name),
    addKey: (key) => `${vault.url}/keys/${key.name}/${vault.keys.add(key)}`,
    enableKey: (name, enabled) => vault.keys.enable(name, enabled),
    misbehave: (nasty) => vault.misbehave(nasty),
  };
}

class KeyVault {
  url = '';
  readonly counters: Record<string, number> = {};
  readonly secrets = new Secrets();
  readonly keys = new Keys();
  readonly #options: KeyVaultEmulatorOptions;
  readonly #tokens = new Set<string>();
  #nasty: KeyVaultNastiness;
  #throttled = 0;
  #quietUntil = 0;

  constructor(options: KeyVaultEmulatorOptions) {
    this.#options = options;
    this.#nasty = options.nasty ?? {};
    for (const secret of options.secrets ?? []) this.secrets.set(secret);
    for (const key of options.keys ?? []) this.keys.add(key);
  }

  misbehave(nasty: KeyVaultNastiness): void {
    this.#nasty = nasty;
    this.#throttled = 0;
    this.#quietUntil = 0;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const body = await textOf(request);
    const { status, body: answer, headers } = IDENTITY.test(url.pathname) ? this.#token(request, url) : this.#vault(request, url, body);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'x-ms-keyvault-region': 'loopback', ...headers });
    response.end(JSON.stringify(answer));
  }

  #count(what: string): void {
    this.counters[what] = (this.counters[what] ?? 0) + 1;
  }

  /** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token */
  #token(request: IncomingMessage, url: URL): Reply {
    this.#count('token');
    if (request.headers['metadata'] !== 'true' || url.searchParams.get('api-version') !== '2018-02-01') {
      return { status: 400, body: { error: 'invalid_request', error_description: 'Required metadata header not specified' } };
    }
    if (this.#nasty.noIdentity === true) {
      this.#count('no identity');
      return { status: 400, body: { error: 'invalid_request', error_description: 'Identity not found' } };
    }
    if (this.#nasty.identityAway !== undefined)
      return { status: this.#nasty.identityAway, body: { error: 'unavailable', error_description: 'Try again later' } };
    if (url.searchParams.get('resource')?.replace(/\/$/, '') !== RESOURCE) return { status: 400, body: { error: 'invalid_resource' } };
    const access_token = randomBytes(24).toString('base64url');
    this.#tokens.add(access_token);
    const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
    return { status: 200, body: { access_token, expires_in: '3600', expires_on, resource: RESOURCE, token_type: 'Bearer' } };
  }

  #vault(request: IncomingMessage, url: URL, body: string): Reply {
    const refusal = this.#unauthorised(request) ?? this.#busy();
    if (refusal !== null) return refusal;
    if (!API_VERSION.test(url.searchParams.get('api-version') ?? '')) return failure(400, 'BadParameter');
    const [collection, name, version = '', operation = ''] = url.pathname.split('/').filter((part) => part !== '');
    if (collection === 'keys' && name !== undefined) return this.#key(name, version, operation, request, body);
    if (collection !== 'secrets') return failure(404, 'NotFound');
    if (name === undefined) return request.method === 'GET' ? this.#list(url) : failure(405, 'MethodNotAllowed');
    if (!Secrets.allows(name)) return failure(400, 'BadParameter');
    if (request.method === 'GET') return this.#get(name, version);
    return request.method === 'PUT' ? this.#put(name, body) : failure(405, 'MethodNotAllowed');
  }

  #unauthorised(request: IncomingMessage): Reply | null {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined && this.#tokens.has(token) && this.#nasty.rejectTokens !== true) return null;
    this.#count('challenge');
    const challenge = `Bearer authorization="https://login.microsoftonline.com/${DIRECTORY}", resource="${RESOURCE}"`;
    return { ...failure(401, 'Unauthorized'), headers: { 'www-authenticate': challenge } };
  }

  /** Throttling fails those who do not wait: an early repetition begins the wait anew. */
  #busy(): Reply | null {
    if (this.#nasty.unavailable === true) {
      this.#count('unavailable');
      return failure(503, 'ServiceUnavailable');
    }
    const { throttle } = this.#nasty;
    if (throttle === undefined) return null;
    const early = Date.now() < this.#quietUntil;
    if (!early && this.#throttled >= throttle.requests) return null;
    this.#count(early ? 'early' : 'throttled');
    if (!early) this.#throttled += 1;
    this.#quietUntil = Date.now() + throttle.retryAfterMs;
    return { ...failure(429, 'Throttled'), headers: { 'retry-after': String(Math.ceil(throttle.retryAfterMs / 1000)) } };
  }

  #may(what: 'get' | 'list' | 'set'): Reply | null {
    if (this.#nasty.denied !== true && (this.#options.permissions ?? ['get']).includes(what)) return null;
    this.#count('denied');
    return failure(403, 'Forbidden', 'ForbiddenByRbac');
  }

  #get(name: string, version: string): Reply {
    const denied = this.#may('get');
    if (denied !== null) return denied;
    this.#count('get');
    const found = this.secrets.get(name, version);
    if (found === undefined) return failure(404, 'SecretNotFound');
    if (found.secret.enabled === false) return failure(403, 'Forbidden', 'SecretDisabled');
    return { status: 200, body: { value: found.secret.value, ...this.#item(found, true) } };
  }

  #put(name: string, body: string): Reply {
    const denied = this.#may('set');
    if (denied !== null) return denied;
    this.#count('set');
    const { value, tags } = JSON.parse(body) as { value: string; tags?: Record<string, string> };
    return {
      status: 200,
      body: { value, ...this.#item(this.secrets.set({ name, value, ...(tags === undefined ? {} : { tags }) }), true) },
    };
  }

  /** https://learn.microsoft.com/rest/api/keyvault/keys/wrap-key/wrap-key and its siblings. */
  #key(name: string, version: string, operation: string, { method }: IncomingMessage, body: string): Reply {
    const wanted = KEY_OPERATIONS[`${method} ${operation}`];
    if (wanted === undefined) return failure(405, 'MethodNotAllowed');
    if (this.#nasty.denied === true || !(this.#options.keyPermissions ?? ['wrapKey', 'unwrapKey']).includes(wanted)) {
      this.#count('denied');
      return failure(403, 'Forbidden', 'ForbiddenByRbac');
    }
    this.#count(wanted);
    const key = this.keys.find(name, version);
    if (key === undefined) return failure(404, 'KeyNotFound');
    const kid = `${this.url}/keys/${name}/${key.id}`;
    if (wanted === 'get') {
      const jwk = key.publicKey.export({ format: 'jwk' });
      return { status: 200, body: { key: { ...jwk, kid, key_ops: ['wrapKey', 'unwrapKey'] }, attributes: { enabled: key.enabled } } };
    }
    if (!key.enabled) return failure(403, 'Forbidden', 'KeyDisabled');
    const { alg, value } = JSON.parse(body) as { alg: string; value: string };
    if (alg !== 'RSA-OAEP-256') return failure(400, 'BadParameter');
    const bytes = Buffer.from(value, 'base64url');
    const result = wanted === 'wrapKey' ? wrap(key, bytes) : unwrap(key, bytes);
    return result === null ? failure(400, 'BadParameter') : { status: 200, body: { kid, value: result.toString('base64url') } };
  }

  #list(url: URL): Reply {
    const denied = this.#may('list');
    if (denied !== null) return denied;
    this.#count('list');
    const all = this.secrets.newest();
    const from = Number(url.searchParams.get('$skiptoken') ?? '0');
    const size = Math.min(Number(url.searchParams.get('maxresults') ?? '25'), this.#options.pageSize ?? 25);
    const next = new URL(url);
    next.searchParams.set('$skiptoken', String(from + size));
    const value = all.slice(from, from + size).map((version) => this.#item(version, false));
    return { status: 200, body: { value, nextLink: from + size < all.length ? next.href : null } };
  }

  #item({ id, secret, created }: Version, withVersion: boolean): Readonly<Record<string, unknown>> {
    const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
    return {
      id: `${this.url}/secrets/${secret.name}${withVersion ? `/${id}` : ''}`,
      attributes: {
        enabled: secret.enabled ?? true,
        created: seconds(created),
        updated: seconds(created),
        ...(secret.notBefore === undefined ? {} : { nbf: seconds(secret.notBefore) }),
        ...(secret.expires === undefined ? {} : { exp: seconds(secret.expires) }),
      },
      ...(secret.tags === undefined ? {} : { tags: secret.tags }),
    };
  }
}

function failure(status: number, code: string, inner?: string): Reply {
  const error = { code, message: 'refused by the emulator', ...(inner === undefined ? {} : { innererror: { code: inner } }) };
  return { status, body: { error } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) if (text.length < 65_536) text += String(chunk);
  return text;
}
