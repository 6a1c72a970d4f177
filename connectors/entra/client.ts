/** Pages of Microsoft Graph. Paths and selections are in `directory.ts`; what they become is in `converters/`. */
import type { z } from 'zod';
import type { ScopeFile } from '../contract/scope.ts';
import { createSourceHttp, type RetryPolicy, SourceHttpError, type SourceHttp, type SourceHttpOptions } from '../sdk/http.ts';
import { SourceError } from '../sdk/types.ts';
import { readCredential, readSettings } from './config.ts';
import { Directory } from './directory.ts';
import { entraManifest } from './manifest.ts';
import { KEY_CREDENTIALS_PACE, Pace, type PaceLimit } from './pace.ts';
import { entraAuthorization } from './token.ts';

export interface EntraTuning {
  readonly retry?: Partial<RetryPolicy>;
  readonly keyCredentialsPace?: PaceLimit;
}

export interface EntraClient {
  readonly tenant: string;
  /** One per signal: what a step has read, the next steps use again. */
  directory(signal: AbortSignal): Directory;
}

/** Throws a `SourceError` when the settings or the credential are not acceptable, or the token is of another directory. */
export async function connectEntra(
  scope: ScopeFile,
  env: Readonly<Record<string, string | undefined>>,
  tuning: EntraTuning = {},
): Promise<EntraClient> {
  const settings = readSettings(scope);
  const credential = readCredential(env);
  const shared = {
    userAgent: `sv0-pipeline-entra/${entraManifest.version}`,
    allowPrivate: settings.allow_private,
    deadlineAt: Date.parse(scope.deadline_at),
    // Graph nearly always says how long to wait; where it does not, its guidance is a backoff that grows, not a minute at once.
    retry: { throttleFloorMs: 5_000, ...tuning.retry },
    log: (line: string) => process.stderr.write(`${line}\n`),
  } satisfies Omit<SourceHttpOptions, 'baseUrl' | 'authorize'>;
  const authorize = await entraAuthorization(settings, credential, shared);
  const [http, preview] = ['v1.0', 'beta'].map((version) =>
    createSourceHttp({ ...shared, baseUrl: `${settings.graph_url.replace(/\/+$/, '')}/${version}`, authorize }),
  ) as [SourceHttp, SourceHttp];
  const pace = new Pace(tuning.keyCredentialsPace ?? KEY_CREDENTIALS_PACE);
  const directories = new WeakMap<AbortSignal, Directory>();
  return {
    tenant: settings.tenant_id,
    directory: (signal) => {
      const known = directories.get(signal);
      if (known !== undefined) return known;
      const made = new Directory(new Graph(http.under(signal), signal, pace), new Graph(preview.under(signal), signal, pace));
      directories.set(signal, made);
      return made;
    },
  };
}

export interface ListRequest<Schema extends z.ZodType> {
  readonly path: string;
  readonly item: Schema;
  readonly select: readonly string[];
  readonly expand?: string;
  readonly filter?: string;
  /** Named in the error when Graph answers 403. */
  readonly permission: string;
}

/** Graph answers at most 999 items a page, whatever is asked for. */
const PAGE_SIZE = 999;

export class Graph {
  readonly signal: AbortSignal;
  readonly #http: SourceHttp;
  readonly #pace: Pace;
  constructor(http: SourceHttp, signal: AbortSignal, pace: Pace) {
    this.#http = http;
    this.signal = signal;
    this.#pace = pace;
  }

  /** Pages in order; may be empty. Only the fields of `item` are kept. Throws a `SourceError`, on 403 one that names the permission. */
  async *pages<Schema extends z.ZodType>(request: ListRequest<Schema>): AsyncGenerator<z.infer<Schema>[], void, undefined> {
    const query = { $select: request.select.join(','), $expand: request.expand, $filter: request.filter, $top: PAGE_SIZE };
    const pages = this.#http.pages(request.path, { query, items: valueOf, next: (answer) => nextLinkOf(answer.body, request.path) });
    const paced = request.select.includes('keyCredentials');
    for (;;) {
      if (paced) await this.#pace.turn(this.signal);
      const page = await pages.next().catch((error: unknown) => {
        throw namingPermission(error, request);
      });
      if (page.done === true) return;
      yield page.value.items.map((item) => parseItem(request, item));
    }
  }

  /** The first object only, and only its id. */
  async probe(path: string, permission: string): Promise<void> {
    try {
      await this.#http.get(path, { query: { $select: 'id', $top: 1 } });
    } catch (error) {
      throw namingPermission(error, { path, permission });
    }
  }

  async list<Schema extends z.ZodType>(request: ListRequest<Schema>): Promise<z.infer<Schema>[]> {
    const all: z.infer<Schema>[] = [];
    for await (const page of this.pages(request)) for (const item of page) all.push(item);
    return all;
  }
}

const valueOf = (body: unknown): unknown => (body as { value?: unknown } | null)?.value;

function nextLinkOf(body: unknown, path: string): string | null {
  const link = (body as Record<string, unknown> | null)?.['@odata.nextLink'];
  if (link === undefined || link === null) return null;
  // A link that is not text is not the end of the list: taking it for one would lose the rest without a word.
  if (typeof link !== 'string') throw malformed('a next link that is not text', path);
  return link;
}

function parseItem<Schema extends z.ZodType>(request: ListRequest<Schema>, item: unknown): z.infer<Schema> {
  const parsed = request.item.safeParse(item);
  if (!parsed.success) throw malformed(`${parsed.error.issues[0]?.path.join('.') ?? 'an item'} is not of its type`, request.path);
  return parsed.data;
}

function namingPermission(error: unknown, request: { readonly path: string; readonly permission: string }): unknown {
  if (!(error instanceof SourceHttpError) || error.status !== 403) return error;
  return new SourceError(
    `Microsoft Graph refuses this to the application: grant it the permission ${request.permission}, with admin consent`,
    {
      code: 'SOURCE_PERMISSION_DENIED',
      class: 'persistent',
      actor: 'customer',
      subject: request.path,
    },
  );
}

const malformed = (what: string, subject: string): SourceError =>
  new SourceError(`the answer is not what the API promises: ${what}`, {
    code: 'SOURCE_MALFORMED_RESPONSE',
    class: 'persistent',
    actor: 'engineer',
    subject,
  });
