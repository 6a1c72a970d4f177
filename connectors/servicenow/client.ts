/** The connection to an instance, and what of it was read already: several categories need the same tables. */
import type { z } from 'zod';
import type { ScopeFile } from '../contract/scope.ts';
import { createSourceHttp, type RetryPolicy, type SourceHttp, type SourceHttpOptions } from '../sdk/http.ts';
import { servicenowAuthorization } from './authorization.ts';
import { readCredential, readSettings } from './config.ts';
import { servicenowManifest } from './manifest.ts';
import { Tables, type TableRead, type TableRequest } from './tables.ts';

export interface ServicenowTuning {
  readonly retry?: Partial<RetryPolicy>;
  /** Rows asked for in one page. */
  readonly pageSize?: number;
}

export class ServicenowClient {
  readonly #http: SourceHttp;
  readonly #pageSize: number | undefined;
  readonly #kept = new Map<string, Promise<TableRead<unknown>>>();
  constructor(http: SourceHttp, pageSize: number | undefined) {
    this.#http = http;
    this.#pageSize = pageSize;
  }

  /** One row of a table, and how many there are for those who may see them all. */
  async probe(table: string, signal: AbortSignal): Promise<{ readonly rows: number; readonly total: number | null }> {
    return await new Tables(this.#http.under(signal), 1).probe(table);
  }

  /** At most once per run and request; a failed reading is forgotten, so that a later category tries for itself. Throws a `SourceError`. */
  read<Schema extends z.ZodObject>(request: TableRequest<Schema>, signal: AbortSignal): Promise<TableRead<z.infer<Schema>>> {
    const key = JSON.stringify([request.table, request.query ?? null, Object.keys(request.row.shape)]);
    const known = this.#kept.get(key) as Promise<TableRead<z.infer<Schema>>> | undefined;
    if (known !== undefined) return known;
    const reading = new Tables(this.#http.under(signal), this.#pageSize).read(request);
    this.#kept.set(key, reading);
    reading.catch(() => this.#kept.delete(key));
    return reading;
  }
}

export function connectServicenow(
  scope: ScopeFile,
  env: Readonly<Record<string, string | undefined>>,
  tuning: ServicenowTuning = {},
): ServicenowClient {
  const settings = readSettings(scope);
  const credential = readCredential(env);
  const shared = {
    userAgent: `sv0-pipeline-servicenow/${servicenowManifest.version}`,
    allowPrivate: settings.allowPrivate,
    deadlineAt: Date.parse(scope.deadline_at),
    // An instance serves people: few requests side by side, and patience after a limit that is counted by the hour.
    concurrency: 4,
    ...(tuning.retry === undefined ? {} : { retry: tuning.retry }),
    log: (line: string) => process.stderr.write(`${line}\n`),
  } satisfies Omit<SourceHttpOptions, 'baseUrl' | 'authorize'>;
  const authorize = servicenowAuthorization(settings, credential, shared);
  return new ServicenowClient(createSourceHttp({ ...shared, baseUrl: settings.instanceUrl, authorize }), tuning.pageSize);
}
