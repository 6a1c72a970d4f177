/** A Microsoft Graph and a token endpoint on loopback, for one directory or several: a token reads its own. Reads only: anything else is refused and counted. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../listen.ts';
import type { RunningEmulator } from '../types.ts';
import { Collections, expander, filterOf } from './collections.ts';
import { Nastiness } from './nastiness.ts';
import type { World } from './objects.ts';
import { DEMO_ENTRA_CLIENT, type DeniedRead, type EntraEmulatorOptions, ROLES_FOR } from './options.ts';
import { checkedSelect, GraphRefusal, type GraphVersion, project } from './schema.ts';
import { type Issued, Tokens } from './tokens.ts';
import { northwindWorld } from './world.ts';

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where a page goes on. The link's token says nothing of this: it is opaque, and good for its own query only. */
interface Continuation {
  readonly path: string;
  readonly query: string;
  readonly at: number;
  readonly empty: boolean;
}

const DEFAULT_PAGE = 25;
const MAX_TOP = 999;
const MAX_FORM = 16_384;

export async function startEntraEmulator(options: EntraEmulatorOptions = {}, ...worlds: readonly World[]): Promise<RunningEmulator> {
  const emulator = new EntraEmulator(options, worlds.length === 0 ? [northwindWorld(options.now ?? new Date())] : worlds);
  const listening = await listen((request, response) => void emulator.answer(request, response), options.port);
  emulator.url = listening.url;
  return { ...listening, counters: emulator.counters };
}

class EntraEmulator {
  url = '';
  readonly counters: Record<string, number> = {};
  readonly #options: EntraEmulatorOptions;
  readonly #directories: ReadonlyMap<string, Collections>;
  readonly #nastiness: Nastiness;
  readonly #tokens: Tokens;
  readonly #continuations = new Map<string, Continuation>();

  constructor(options: EntraEmulatorOptions, worlds: readonly World[]) {
    this.#options = options;
    this.#directories = new Map(worlds.map((world) => [world.tenantId, new Collections(world)]));
    this.#nastiness = new Nastiness(options.nasty ?? {}, (what) => this.#count(what));
    this.#tokens = new Tokens({
      directories: worlds.map(({ tenantId }) => tenantId),
      client: options.client ?? DEMO_ENTRA_CLIENT,
      platformApp: options.platformApp ?? null,
      now: options.now ?? new Date(),
      nasty: options.nasty ?? {},
      mark: options.mark ?? '',
    });
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply: Reply;
    try {
      reply = await this.#route(request);
    } catch (error) {
      reply = errorReply(error);
    }
    const body = JSON.stringify(reply.body);
    response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers }).end(body);
  }

  async #route(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? '/', this.url);
    const token = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(url.pathname);
    if (token !== null && request.method === 'POST') {
      const reply = await this.#tokens.issue(token[1] ?? '', new URLSearchParams(await text(request)), url.href);
      this.#count(reply.status === 200 ? 'tokens_issued' : 'tokens_refused');
      return reply;
    }
    const version = /^\/(v1\.0|beta)\//.exec(url.pathname)?.[1] as GraphVersion | undefined;
    if (version === undefined) throw new GraphRefusal(404, 'ResourceNotFound', 'Invalid version.');
    if (request.method !== 'GET') {
      this.#count('write_attempts');
      throw new GraphRefusal(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
    }
    this.#count('graph_requests');
    const issued = this.#tokens.check(request.headers.authorization, () => this.#count('tokens_expired'));
    this.#nastiness.before(url.searchParams.get('$select'));
    return { status: 200, body: this.#read(url, issued, version) };
  }

  #read(url: URL, { tenantId, roles }: Issued, version: GraphVersion): unknown {
    const path = url.pathname.slice(`/${version}`.length);
    const directory = this.#directories.get(tenantId);
    if (directory === undefined) throw new GraphRefusal(404, 'ResourceNotFound', 'No such directory.');
    const collection = directory.at(path);
    this.#allow(collection.denied, roles);
    this.#count(`read ${version === 'beta' ? 'beta ' : ''}${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}')}`);
    const select = checkedSelect(url.searchParams.get('$select'), collection.type, version);
    if (select === null) this.#count('without_select');
    const expand = expander(url.searchParams.get('$expand'), collection);
    const top = Number(url.searchParams.get('$top') ?? DEFAULT_PAGE);
    if (!Number.isInteger(top) || top < 1 || top > MAX_TOP) throw new GraphRefusal(400, 'BadRequest', 'Invalid page size specified.');
    const matching = collection.items.filter(filterOf(url.searchParams.get('$filter')));

    const { at, empty } = this.#continued(url, path);
    const size = empty ? 0 : Math.min(top, this.#options.nasty?.pageSize ?? DEFAULT_PAGE);
    if (empty) this.#count('empty_pages');
    const value = matching.slice(at, at + size).map((item) => ({ ...project(item, select), ...expand(item) }));
    const next = at + size;
    const page = { '@odata.context': `${this.url}/${version}/$metadata#${path.slice(1)}`, value };
    if (next >= matching.length) return page;
    return { ...page, '@odata.nextLink': this.#link(url, path, next, !empty && this.#options.nasty?.emptyPages === true) };
  }

  #allow(denied: DeniedRead, roles: readonly string[] | null): void {
    const granted = roles === null || ROLES_FOR[denied].some((role) => roles.includes(role));
    if (granted && this.#options.nasty?.deny?.includes(denied) !== true) return;
    this.#count('denied');
    throw new GraphRefusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
  }

  #continued(url: URL, path: string): { at: number; empty: boolean } {
    const token = url.searchParams.get('$skiptoken');
    if (token === null) return { at: 0, empty: false };
    const found = this.#continuations.get(token);
    if (found === undefined || found.path !== path || found.query !== queryWithoutToken(url)) {
      this.#count('wrong_skiptoken');
      throw new GraphRefusal(400, 'Directory_ExpiredPageToken', 'The specified page token is not valid for this query.');
    }
    return found;
  }

  #link(url: URL, path: string, at: number, empty: boolean): string {
    const query = queryWithoutToken(url);
    const token = createHash('sha256')
      .update(JSON.stringify([path, query, at, empty]))
      .digest('base64url');
    this.#continuations.set(token, { path, query, at, empty });
    this.#count('next_links');
    const foreign = this.#options.nasty?.foreignNextLink;
    const origin = foreign?.on === path ? foreign.origin : this.url;
    if (foreign?.on === path) this.#count('foreign_next_links');
    return `${origin}${url.pathname}?${query}&$skiptoken=${token}`;
  }

  #count(what: string): void {
    this.counters[what] = (this.counters[what] ?? 0) + 1;
  }
}

function queryWithoutToken(url: URL): string {
  const query = new URLSearchParams(url.searchParams);
  query.delete('$skiptoken');
  return query.toString();
}

function errorReply(error: unknown): Reply {
  if (!(error instanceof GraphRefusal))
    return { status: 500, body: { error: { code: 'InternalServerError', message: 'The emulator has a bug.' } } };
  return { status: error.status, body: { error: { code: error.code, message: error.message } }, headers: error.headers };
}

async function text(request: IncomingMessage): Promise<string> {
  let read = '';
  for await (const chunk of request.setEncoding('utf8')) {
    read += chunk;
    if (read.length > MAX_FORM) throw new GraphRefusal(413, 'Request_TooLarge', 'Too large.');
  }
  return read;
}
