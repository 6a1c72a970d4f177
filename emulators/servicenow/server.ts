/** A ServiceNow instance on loopback: the Table API for reading, and the token endpoint. Anything else is refused and counted. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../listen.ts';
import type { RunningEmulator } from '../types.ts';
import { Limits } from './limits.ts';
import { DEMO_SERVICENOW_CLIENT, DEMO_SERVICENOW_LOGIN, type ServicenowEmulatorOptions } from './options.ts';
import { BadQuery, parseQuery } from './query.ts';
import { Refusal } from './refusal.ts';
import type { Row, Tables } from './tables.ts';
import { northwindInstance } from './world.ts';

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const DEFAULT_LIMIT = 10_000;

export async function startServicenowEmulator(
  options: ServicenowEmulatorOptions = {},
  world: Tables = northwindInstance(options.now ?? new Date()),
): Promise<RunningEmulator> {
  const emulator = new ServicenowEmulator(options, world);
  const listening = await listen((request, response) => void emulator.answer(request, response), options.port);
  emulator.url = listening.url;
  return { ...listening, counters: emulator.counters };
}

class ServicenowEmulator {
  url = '';
  readonly counters: Record<string, number> = {};
  readonly #options: ServicenowEmulatorOptions;
  readonly #world: Tables;
  readonly #limits: Limits;
  readonly #tokens = new Map<string, number>();
  readonly #begun = new Set<string>();

  constructor(options: ServicenowEmulatorOptions, world: Tables) {
    this.#options = options;
    this.#world = world;
    this.#limits = new Limits(options.nasty ?? {}, (what) => this.#count(what));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply: Reply;
    try {
      reply = await this.#route(request);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'The emulator has a bug.');
      reply = {
        status: refusal.status,
        body: { error: { message: refusal.message, detail: refusal.detail }, status: 'failure' },
        headers: refusal.headers,
      };
    }
    response
      .writeHead(reply.status, { 'content-type': 'application/json;charset=UTF-8', ...reply.headers })
      .end(JSON.stringify(reply.body));
  }

  async #route(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? '/', this.url);
    if (url.pathname === '/oauth_token.do' && request.method === 'POST') return this.#issue(new URLSearchParams(await text(request)));
    const table = /^\/api\/now\/table\/([a-z0-9_]+)$/.exec(url.pathname)?.[1];
    if (request.method !== 'GET') {
      this.#count('write_attempts');
      throw new Refusal(405, 'Method not supported');
    }
    if (table === undefined) throw new Refusal(400, 'Requested URI does not represent any resource');
    this.#count('requests');
    this.#authenticate(request.headers.authorization);
    this.#limits.before();
    return this.#read(table, url);
  }

  #read(table: string, url: URL): Reply {
    const nasty = this.#options.nasty ?? {};
    if (!this.#world.has(table) || nasty.unknownTables?.includes(table) === true) throw new Refusal(400, `Invalid table ${table}`);
    if (nasty.deny?.includes(table) === true) {
      this.#count('denied');
      throw new Refusal(403, 'Insufficient rights to query records', 'Field(s) present in the query do not have permission to be read');
    }
    this.#count(`read ${table}`);
    const parameters = url.searchParams;
    const query = this.#query(parameters.get('sysparm_query') ?? '', table);
    const limit = Number(parameters.get('sysparm_limit') ?? DEFAULT_LIMIT);
    const offset = Number(parameters.get('sysparm_offset') ?? 0);
    if (!(limit > 0) || !(offset >= 0)) throw new Refusal(400, 'Invalid paging');
    if (query.orderBy === null) this.#count('unordered_reads');

    const matching = this.#ordered(table, query.orderBy).filter((row) => query.matches(row));
    const page = matching.slice(offset, offset + limit);
    // Access rules come last: the page was cut and the total counted before them.
    const visible = page.filter((row) => nasty.hideRows?.[table]?.(row) !== true);
    if (visible.length < page.length) this.#count('hidden_rows', page.length - visible.length);
    if (page.length > 0 && visible.length === 0) this.#count('empty_pages');
    const result = visible.map((row) => this.#columns(table, row, parameters));
    const headers = {
      ...(nasty.withoutCount === true ? {} : { 'x-total-count': String(matching.length) }),
      link: links(url, offset, limit, matching.length),
    };
    if (nasty.cutAbove !== undefined && result.length > nasty.cutAbove) {
      this.#count('cut_answers');
      const cut = {
        result: result.slice(0, result.length >> 1),
        error: { message: 'Transaction cancelled: maximum execution time exceeded', detail: null },
        status: 'failure',
      };
      return { status: 200, body: cut, headers };
    }
    return { status: 200, body: { result }, headers };
  }

  #query(text: string, table: string) {
    try {
      return parseQuery(text, this.#world, table);
    } catch (error) {
      if (!(error instanceof BadQuery)) throw error;
      this.#count('bad_queries');
      throw new Refusal(400, 'Invalid query');
    }
  }

  /** Without an order the rows come as they lie, which is in no order of their own. */
  #ordered(table: string, orderBy: string | null): readonly Row[] {
    const inserted = this.#begun.has(table) ? this.#options.nasty?.insertWhileReading?.[table] : undefined;
    this.#begun.add(table);
    const rows = [...this.#world.rows(table), ...(inserted === undefined ? [] : [inserted as Row])];
    if (orderBy === null) return rows;
    return rows.sort((a, b) => ((a[orderBy] ?? '') < (b[orderBy] ?? '') ? -1 : 1));
  }

  #columns(table: string, row: Row, parameters: URLSearchParams): Record<string, unknown> {
    const hidden = new Set(this.#options.nasty?.hideColumns?.[table] ?? []);
    const wanted = parameters.get('sysparm_fields')?.split(',') ?? Object.keys(row);
    if (!parameters.has('sysparm_fields')) this.#count('without_fields');
    return Object.fromEntries(wanted.filter((column) => column in row && !hidden.has(column)).map((column) => [column, row[column]]));
  }

  #issue(form: URLSearchParams): Reply {
    const client = this.#options.client ?? DEMO_SERVICENOW_CLIENT;
    if (
      form.get('grant_type') !== 'client_credentials' ||
      form.get('client_id') !== client.clientId ||
      form.get('client_secret') !== client.clientSecret
    ) {
      this.#count('tokens_refused');
      return { status: 401, body: { error: 'access_denied', error_description: 'access_denied' } };
    }
    const token = createHash('sha256').update(`token ${this.#tokens.size}`).digest('base64url');
    this.#tokens.set(token, 0);
    this.#count('tokens_issued');
    return { status: 200, body: { access_token: token, scope: 'useraccount', token_type: 'Bearer', expires_in: 1799 } };
  }

  #authenticate(authorization: string | undefined): void {
    const login = this.#options.login ?? DEMO_SERVICENOW_LOGIN;
    if (authorization === `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`) return;
    const token = authorization?.replace(/^Bearer /, '') ?? '';
    const used = this.#tokens.get(token);
    if (used !== undefined && used < (this.#options.nasty?.tokenRequests ?? Number.POSITIVE_INFINITY)) {
      this.#tokens.set(token, used + 1);
      return;
    }
    this.#count(used === undefined ? 'unauthenticated' : 'tokens_expired');
    throw new Refusal(401, 'User Not Authenticated', 'Required to provide Auth information');
  }

  #count(what: string, by = 1): void {
    this.counters[what] = (this.counters[what] ?? 0) + by;
  }
}

/** As an instance writes them: no space after `;`, commas inside the addresses, and before the first page one at offset −1. */
function links(url: URL, offset: number, limit: number, total: number): string {
  const at = (position: number): string => {
    const address = new URL(url);
    address.searchParams.set('sysparm_offset', String(position));
    return decodeURIComponent(address.href).replaceAll(' ', '%20');
  };
  const last = Math.max(0, Math.floor((total - 1) / limit) * limit);
  const entries = [
    ['first', 0],
    ['prev', offset === 0 ? -1 : Math.max(0, offset - limit)],
    ...(offset + limit < total ? [['next', offset + limit] as const] : []),
    ['last', last],
  ] as const;
  return entries.map(([relation, position]) => `<${at(position)}>;rel="${relation}"`).join(',');
}

async function text(request: IncomingMessage): Promise<string> {
  let read = '';
  for await (const chunk of request.setEncoding('utf8')) {
    read += chunk;
    if (read.length > 16_384) throw new Refusal(413, 'Too large');
  }
  return read;
}
