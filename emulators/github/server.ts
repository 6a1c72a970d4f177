/** A GitHub REST API on loopback. Reads only, and tokens for its Apps: anything else is refused and counted. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../listen.ts';
import type { RunningEmulator } from '../types.ts';
import * as answers from './answers.ts';
import { Nastiness } from './nastiness.ts';
import type { GithubEmulatorOptions } from './options.ts';
import { type Found, type Route, routeOf } from './routes.ts';
import { type Grant, Tokens } from './tokens.ts';
import type { GithubWorld } from './types.ts';
import { githubWorlds } from './world.ts';

export interface RunningGithubEmulator extends RunningEmulator {
  /** PKCS #8 PEM of an App of the worlds, to sign its JWTs with. */
  appPrivateKey(appId: number): string;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const MAX_BODY = 65_536;
const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

export async function startGithubEmulator(options: GithubEmulatorOptions = {}): Promise<RunningGithubEmulator> {
  const emulator = new GithubEmulator(options);
  const listening = await listen((request, response) => void emulator.handle(request, response), options.port);
  emulator.url = listening.url;
  return { ...listening, counters: emulator.counters, appPrivateKey: (appId) => emulator.tokens.privateKeyOf(appId) };
}

class GithubEmulator {
  url = '';
  readonly counters: Record<string, number> = {};
  readonly tokens: Tokens;
  readonly #options: GithubEmulatorOptions;
  readonly #worlds: readonly GithubWorld[];
  readonly #nastiness: Nastiness;
  #remaining = 5000;

  constructor(options: GithubEmulatorOptions) {
    this.#options = options;
    this.#worlds = options.worlds ?? githubWorlds(options.now ?? new Date());
    this.tokens = new Tokens(this.#worlds, options.nasty ?? {}, options.mark);
    this.#nastiness = new Nastiness(options.nasty ?? {}, this.counters);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#count('requests');
    const trouble = this.#nastiness.trouble();
    if (trouble?.cut === true) {
      request.socket.destroy();
      return;
    }
    const { status, body, headers = {} } = trouble ?? (await this.#answer(request));
    this.#remaining = Math.max(1, this.#remaining - 1);
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'x-github-media-type': 'github.v3; format=json',
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': String(this.#remaining),
      'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600),
      ...headers,
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  async #answer(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? '/', this.url);
    const app = await this.#answerApp(request, url);
    if (app !== null) return app;
    // A token may end itself: the one write that there is.
    if (request.method === 'DELETE' && url.pathname === '/installation/token' && this.tokens.revoke(request.headers.authorization)) {
      this.#count('revoked_tokens');
      return { status: 204, body: '' };
    }
    if (request.method !== 'GET') {
      this.#count('write_attempts');
      return refusal(403, 'This emulator is read-only');
    }
    const grant = this.tokens.grantOf(request.headers.authorization);
    const refused = this.#refusedToken(grant);
    if (grant === null || refused !== null) return refused ?? refusal(401, 'Bad credentials');
    const route = routeOf(url, grant);
    if (route === null) return this.#missing();
    this.#count(route.kind);
    if (!this.#mayRead(route, grant)) {
      this.#count('denied');
      return refusal(
        403,
        grant.installation === null ? 'Resource not accessible by personal access token' : 'Resource not accessible by integration',
      );
    }
    const found = route.find();
    if (found === null) return this.#missing();
    return 'one' in found ? { status: 200, body: found.one } : this.#page(found, url, route, grant.world);
  }

  /** The addresses that are asked with an App's own JWT; null when it is none of them. */
  async #answerApp(request: IncomingMessage, url: URL): Promise<Reply | null> {
    const minting = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(url.pathname);
    const reading = /^\/app\/installations\/(\d+)$/.exec(url.pathname);
    const ofOrganization = /^\/orgs\/([^/]+)\/installation$/.exec(url.pathname);
    if ((minting === null || request.method !== 'POST') && ((reading ?? ofOrganization) === null || request.method !== 'GET')) return null;
    const appId = await this.tokens.appOf(request.headers.authorization);
    if (appId === null) {
      this.#count('refused_jwts');
      return refusal(401, 'A JSON web token could not be decoded');
    }
    if (minting !== null) {
      const answer = this.tokens.mint(appId, Number(minting[1]), await readJson(request));
      this.#count(answer.status === 201 ? 'access_tokens' : 'refused_mints');
      return answer;
    }
    const byOrganization = (): number => {
      const world = this.#worlds.find(({ organization }) => organization.login.toLowerCase() === ofOrganization?.[1]?.toLowerCase());
      return world?.installations.find(({ app }) => app.id === appId)?.id ?? 0;
    };
    const found = this.tokens.installationOf(appId, reading === null ? byOrganization() : Number(reading[1]));
    this.#count(reading === null ? 'organization_installation' : 'app_installation');
    return found === null ? this.#missing() : { status: 200, body: answers.installation(found.world, found.installation) };
  }

  #refusedToken(grant: Grant | null): Reply | null {
    if (grant === null) {
      this.#count('bad_credentials');
      return refusal(401, 'Bad credentials');
    }
    if (Date.now() < grant.goodFrom) {
      this.#count('fresh_token_refused');
      return refusal(401, 'Bad credentials');
    }
    if (Date.now() >= grant.goodUntil || this.#nastiness.expired()) {
      this.#count('expired_token_refused');
      return refusal(401, 'Bad credentials');
    }
    return null;
  }

  #mayRead({ kind, permission, repository }: Route, { permissions }: Grant): boolean {
    if (this.#options.nasty?.deny?.some((rule) => rule.kind === kind && (rule.repository ?? repository?.name) === repository?.name))
      return false;
    return permissions === null || permission === null || permissions[permission] !== undefined;
  }

  #page(found: Exclude<Found, null | { readonly one: unknown }>, url: URL, route: Route, world: GithubWorld): Reply {
    const { maxPerPage = MAX_PER_PAGE, emptyPages = false } = this.#options.nasty ?? {};
    const size = Math.max(
      1,
      Math.min(Number(url.searchParams.get('per_page') ?? DEFAULT_PER_PAGE) || DEFAULT_PER_PAGE, MAX_PER_PAGE, maxPerPage),
    );
    const page = Math.max(1, Number(url.searchParams.get('page') ?? 1) || 1);
    const last = Math.max(1, Math.ceil(found.list.length / size));
    const isEmpty = emptyPages && page === 2 && !url.searchParams.has('again');
    if (isEmpty) this.#count('empty_pages');
    if (page > 1) this.#count('further_pages');
    const links: string[] = [];
    const link = (relation: string, number: number, again = false): void => {
      links.push(`<${this.#pageUrl(url, route, world, number, again)}>; rel="${relation}"`);
    };
    if (page > 1) link('prev', page - 1);
    if (isEmpty) link('next', page, true);
    else if (page < last) link('next', page + 1);
    if (page < last) link('last', last);
    if (page > 1) link('first', 1);
    const items = isEmpty ? [] : found.list.slice((page - 1) * size, page * size);
    const body = found.field === undefined ? items : { total_count: found.list.length, [found.field]: items };
    return { status: 200, body, headers: links.length === 0 ? {} : { link: links.join(', ') } };
  }

  /** GitHub's own links go by ids, not by names. */
  #pageUrl(url: URL, route: Route, world: GithubWorld, page: number, again: boolean): string {
    const next = new URL(url);
    const rest = next.pathname.replace(/^\/(?:orgs|organizations)\/[^/]+|^\/repos\/[^/]+\/[^/]+|^\/repositories\/\d+/, '');
    if (route.repository !== null) next.pathname = `/repositories/${route.repository.id}${rest}`;
    else if (rest !== next.pathname) next.pathname = `/organizations/${world.organization.id}${rest}`;
    next.searchParams.set('page', String(page));
    if (again) next.searchParams.set('again', '1');
    else next.searchParams.delete('again');
    return next.href;
  }

  #missing(): Reply {
    this.#count('not_found');
    return refusal(404, 'Not Found');
  }

  #count(name: string): void {
    this.counters[name] = (this.counters[name] ?? 0) + 1;
  }
}

const refusal = (status: number, message: string): Reply => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
});

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY) return null;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
