/** What the API refused, as the command line shows it: the problem's own words, fields and request id. */
import { z } from 'zod';
import { PersistentError } from '../../domain/errors.ts';

const problem = z.object({
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  actor: z.string(),
  problems: z.array(z.object({ field: z.string(), expected: z.string() })),
  holder: z.string().nullable(),
  request_id: z.string(),
});

/** Statuses of a request that will be refused again: the caller's to mend. */
const BAD_INPUT: ReadonlySet<number> = new Set([400, 404, 413, 415, 422, 428]);

export class ApiProblemError extends Error {
  override readonly name = 'ApiProblemError';
  readonly status: number;
  readonly code: string;
  readonly actor: string;
  readonly problems: readonly { readonly field: string; readonly expected: string }[];
  readonly holder: string | null;
  readonly request_id: string;

  constructor({ status, code, detail, actor, problems, holder, request_id }: z.output<typeof problem>) {
    super(detail);
    this.status = status;
    this.code = code;
    this.actor = actor;
    // What a caller of the API sends in a body, a query or a path, somebody at a terminal has typed.
    this.problems = problems.map(({ field, expected }) => ({ field: field.replace(/^(?:body|query|path)\./, ''), expected }));
    this.holder = holder;
    this.request_id = request_id;
  }

  get badInput(): boolean {
    return BAD_INPUT.has(this.status) || this.problems.length > 0;
  }
}

/** What is not one of ours (a proxy's page) is not repeated. */
export function problemOfAnswer(status: number, body: unknown): Error {
  const found = problem.safeParse(body);
  return found.success ? new ApiProblemError(found.data) : unknownAnswer(status);
}

export const unknownAnswer = (status: number): PersistentError =>
  new PersistentError(`the answer is none of this API (HTTP ${status})`, {
    code: 'API_ANSWER_UNKNOWN',
    actor: 'operator',
    expected: 'the address of an API of sv0-pipeline, without a path',
  });
