/**
 * Reads whole tables, in the order of sys_id, and counts (ServiceNow, "Table API").
 *
 * Not by the `Link` header's offsets: rows that are made or removed meanwhile shift an offset, and rows are lost without a word; a first
 * page can even link to a page before it, at offset −1. And not by counting rows: access rules take rows out of a page after it was cut,
 * so a short page, or an empty one, is no end. `X-Total-Count` counts before access rules: what is missing at the end was hidden.
 */
import { undecided } from '../sdk/checks.ts';
import type { z } from 'zod';
import { type Answer, SourceHttpError, type SourceHttp } from '../sdk/http.ts';
import { SourceError } from '../sdk/types.ts';

export interface TableRequest<Schema extends z.ZodObject> {
  readonly table: string;
  readonly row: Schema;
  /** An encoded query, without `^ORDERBY`. A value in it must hold no `^`. */
  readonly query?: string;
  /** Columns that say too little when an access rule hides them: their absence makes the category incomplete. */
  readonly needed?: readonly (keyof z.infer<Schema> & string)[];
  /** Not every instance has the table: where it is not known, there is nothing to read. */
  readonly optional?: boolean;
}

export interface TableRead<Row> {
  readonly rows: readonly Row[];
  /** Why it is not complete. */
  readonly gaps: readonly SourceError[];
}

const PAGE_SIZE = 500;
const SMALLEST_PAGE = 10;

export class Tables {
  readonly #http: SourceHttp;
  readonly #pageSize: number;
  constructor(http: SourceHttp, pageSize = PAGE_SIZE) {
    this.#http = http;
    this.#pageSize = pageSize;
  }

  async read<Schema extends z.ZodObject>(request: TableRequest<Schema>): Promise<TableRead<z.infer<Schema>>> {
    const rows: z.infer<Schema>[] = [];
    const hiddenColumns = new Set<string>();
    let total: number | null = null;
    let counted = true;
    let after = '';
    let offset = 0;
    let limit = this.#pageSize;
    for (;;) {
      const answer = await this.#page(request, { after, offset, limit });
      if (answer.status === 400) {
        if (isUnknownTable(answer.body)) return { rows: [], gaps: [] };
        throw malformed('the query was refused', request.table);
      }
      const page = rowsOf(answer.body, request.table);
      if (page === 'cut') {
        // The instance ran out of its own time: fewer rows take less of it.
        if (limit <= SMALLEST_PAGE) throw cut(request.table);
        limit = Math.max(SMALLEST_PAGE, Math.floor(limit / 4));
        continue;
      }
      const remaining = countOf(answer);
      if (remaining === null) counted = false;
      total ??= remaining;
      for (const item of page) {
        rows.push(parseRow(request, item));
        for (const column of request.needed ?? []) if (!(column in (item as object))) hiddenColumns.add(column);
      }
      const end = remaining === null ? page.length === 0 : offset + limit >= remaining;
      if (end) break;
      if (page.length === 0) {
        // All of this page is hidden: only by its position can the next one be reached.
        offset += limit;
        continue;
      }
      const last = (rows.at(-1) as { readonly sys_id?: unknown } | undefined)?.sys_id;
      if (typeof last !== 'string' || last <= after) throw malformed('rows out of the order that was asked for', request.table);
      after = last;
      offset = 0;
    }
    const hidden = (total ?? 0) - rows.length;
    return {
      rows,
      gaps: [
        ...(counted
          ? []
          : [
              gap(
                'SOURCE_COUNT_MISSING',
                'the instance does not say how many rows there are, so nobody can know that these are all',
                request.table,
              ),
            ]),
        ...(hidden > 0
          ? [
              gap(
                'SOURCE_ROWS_HIDDEN',
                `${hidden} rows are hidden from the account by access rules: grant it read access to the table`,
                request.table,
              ),
            ]
          : []),
        ...[...hiddenColumns]
          .sort()
          .map((column) =>
            gap(
              'SOURCE_COLUMN_HIDDEN',
              'a column is hidden from the account by access rules: grant it read access to the column',
              `${request.table}.${column}`,
            ),
          ),
      ],
    };
  }

  async probe(table: string): Promise<{ readonly rows: number; readonly total: number | null }> {
    const query = { sysparm_fields: 'sys_id', sysparm_limit: 1, sysparm_exclude_reference_link: true };
    try {
      const answer = await this.#http.get(`/api/now/table/${encodeURIComponent(table)}`, { query, subject: table, accept: [400] });
      if (isUnknownTable(answer.body)) throw undecided('this release of the instance has no such table');
      const rows = rowsOf(answer.body, table);
      if (rows === 'cut') throw cut(table);
      return { rows: rows.length, total: countOf(answer) };
    } catch (error) {
      throw refusal(error, table);
    }
  }

  async #page<Schema extends z.ZodObject>(
    request: TableRequest<Schema>,
    at: { after: string; offset: number; limit: number },
  ): Promise<Answer> {
    const conditions = [...(request.query === undefined ? [] : [request.query]), ...(at.after === '' ? [] : [`sys_id>${at.after}`])];
    try {
      return await this.#http.get(`/api/now/table/${encodeURIComponent(request.table)}`, {
        query: {
          sysparm_query: [...conditions, 'ORDERBYsys_id'].join('^'),
          sysparm_fields: Object.keys(request.row.shape).join(','),
          sysparm_limit: at.limit,
          sysparm_offset: at.offset === 0 ? undefined : at.offset,
          sysparm_exclude_reference_link: true,
        },
        subject: request.table,
        ...(request.optional === true ? { accept: [400] } : {}),
      });
    } catch (error) {
      throw refusal(error, request.table);
    }
  }
}

function refusal(error: unknown, table: string): unknown {
  if (!(error instanceof SourceHttpError) || error.status !== 403) return error;
  return new SourceError(`the instance refuses this to the account: grant it read access to the table ${table}`, {
    code: 'SOURCE_PERMISSION_DENIED',
    class: 'persistent',
    actor: 'customer',
    subject: table,
  });
}

/** An answer can be 200, hold rows, and say that the transaction was cancelled half-way: those are not all the rows of the page. */
function rowsOf(body: unknown, table: string): readonly unknown[] | 'cut' {
  const { result, error } = (body ?? {}) as { result?: unknown; error?: unknown };
  if (error !== undefined && error !== null) return 'cut';
  if (!Array.isArray(result)) throw malformed('a page without its rows', table);
  return result;
}

function isUnknownTable(body: unknown): boolean {
  const message = (body as { error?: { message?: unknown } | null } | null)?.error?.message;
  return typeof message === 'string' && message.startsWith('Invalid table');
}

function countOf(answer: Answer): number | null {
  const value = answer.headers['x-total-count']?.trim();
  return value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : null;
}

function parseRow<Schema extends z.ZodObject>(request: TableRequest<Schema>, item: unknown): z.infer<Schema> {
  const parsed = request.row.safeParse(item);
  if (!parsed.success) throw malformed(`${parsed.error.issues[0]?.path.join('.') || 'a row'} is not of its type`, request.table);
  return parsed.data;
}

const cut = (subject: string): SourceError =>
  new SourceError('the instance cuts its answers short, however few rows are asked for', {
    code: 'SOURCE_ANSWER_CUT',
    class: 'transient',
    actor: 'customer',
    subject,
  });

const gap = (code: string, message: string, subject: string): SourceError =>
  new SourceError(message, { code, class: 'persistent', actor: 'customer', subject });

const malformed = (what: string, subject: string): SourceError =>
  new SourceError(`the answer is not what the API promises: ${what}`, {
    code: 'SOURCE_MALFORMED_RESPONSE',
    class: 'persistent',
    actor: 'engineer',
    subject,
  });
