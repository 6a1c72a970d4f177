/** The one mapper from errors to HTTP: problem details (RFC 9457) in one documented shape (API-06). Nothing here repeats a value of the request. */
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import {
  type Actor,
  assertNever,
  ConflictError,
  type DomainError,
  type InputProblem,
  InvalidInputError,
  isDomainError,
} from '../domain/errors.ts';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable, upper snake case. */
  readonly code: string;
  readonly detail: string;
  /** Who has to act. */
  readonly actor: Actor;
  /** Every wrong field of the input; empty when the input is not at fault. */
  readonly problems: readonly InputProblem[];
  /** What is in the way of a conflict: the id of the run in flight. */
  readonly holder: string | null;
  readonly request_id: string;
}

/** A refusal that belongs to HTTP and not to the domain: wrong host, wrong origin, no such route. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly code: string;
  /** For a 429: when it is worth asking again. */
  readonly retryAfterSeconds?: number;
  /** For a 405: what is possible. */
  readonly allow?: readonly string[];
  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly retryAfterSeconds?: number; readonly allow?: readonly string[] } = {},
  ) {
    super(message);
    Object.assign(this, more);
    this.name = 'HttpRefusal';
    this.status = status;
    this.code = code;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not possible here',
  409: 'Not possible now',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  428: 'Say what it is based on',
  429: 'Too many requests',
  431: 'The request is not valid',
  500: 'Something went wrong',
  503: 'Not available now',
  504: 'The time is used up',
};

/** Codes of InvalidInputError that HTTP has a more exact status for. */
const INPUT_STATUS: Readonly<Record<string, number>> = {
  BODY_TOO_LARGE: 413,
  ARTIFACT_TOO_LARGE: 413,
  GRAPH_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  // The list has no such page.
  INVALID_CURSOR: 404,
  // Well-formed, and what is there does not go with it: another time, host or row may take the same.
  INVALID_CONFIG: 409,
  INVALID_PARAMS: 409,
  INVALID_UNTIL: 409,
  RESERVED_ID: 409,
  TENANT_IMMUTABLE: 409,
  TENANT_NOT_ACTIVE: 409,
  UNKNOWN_CATEGORY: 409,
  UNKNOWN_CONNECTOR: 409,
};

function statusOf(error: DomainError): number {
  switch (error.name) {
    case 'InvalidInputError':
      return INPUT_STATUS[error.code] ?? 400;
    case 'NotFoundError':
      return 404;
    case 'ConflictError':
      return error.code === 'STALE_EDIT' ? 412 : 409;
    case 'FencedError':
      return 409;
    case 'TransientError':
      return 503;
    case 'BudgetExceededError':
      return 504;
    case 'PersistentError':
      return 500;
    default:
      return assertNever(error);
  }
}

interface Facts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly actor: Actor;
  readonly problems?: readonly InputProblem[];
  readonly holder?: string | undefined;
}

function factsOf(error: unknown): Facts {
  if (isDomainError(error)) {
    return {
      status: statusOf(error),
      code: error.code,
      detail: error.message,
      actor: error.actor,
      problems: error instanceof InvalidInputError ? error.problems : [],
      holder: error instanceof ConflictError ? error.holder : undefined,
    };
  }
  if (error instanceof HttpRefusal) return { status: error.status, code: error.code, detail: error.message, actor: 'operator' };
  if (error instanceof HTTPException) return fromHttpException(error.status);
  return { status: 500, code: 'INTERNAL', detail: 'an unexpected error; the log has it under this request id', actor: 'engineer' };
}

/** The framework's own exceptions: their messages can hold input, so only the status is taken. */
function fromHttpException(status: number): Facts {
  if (status === 415)
    return { status, code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'the content type is not one that this route takes', actor: 'operator' };
  if (status === 413) return { status, code: 'BODY_TOO_LARGE', detail: 'the body is larger than this route takes', actor: 'operator' };
  if (status === 400)
    return {
      status,
      code: 'MALFORMED_BODY',
      detail: 'the body could not be parsed',
      actor: 'operator',
      problems: [{ field: 'body', expected: 'well-formed JSON' }],
    };
  return { status: 500, code: 'INTERNAL', detail: 'an unexpected error; the log has it under this request id', actor: 'engineer' };
}

export function problemOf(error: unknown, requestId: string): Problem {
  const facts = factsOf(error);
  return {
    type: `urn:sv0:problem:${facts.code.toLowerCase().replaceAll('_', '-')}`,
    title: TITLES[facts.status] ?? 'Something went wrong',
    status: facts.status,
    code: facts.code,
    detail: facts.detail,
    actor: facts.actor,
    problems: facts.problems ?? [],
    holder: facts.holder ?? null,
    request_id: requestId,
  };
}

export function problemResponse(problem: Problem): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (problem.status === 503) headers['retry-after'] = '2';
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer';
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

type Issue = z.core.$ZodIssue;
type Place = 'query' | 'param' | 'header' | 'json' | 'form';

/** From a schema's issues to the error that the mapper knows. Says what was expected, never what was given. */
export function invalidInput(place: Place, issues: readonly Issue[]): InvalidInputError {
  const problems = issues.flatMap((issue) => inputProblems(place, issue));
  const first = problems[0] ?? { field: place, expected: 'a valid value' };
  return new InvalidInputError(problems.length > 1 ? `${problems.length} fields are not valid` : `${first.field} is not valid`, {
    code: 'INVALID_REQUEST',
    field: first.field,
    expected: first.expected,
    problems,
  });
}

const PLACE_NAMES: Readonly<Record<Place, string>> = { query: 'query', param: 'path', header: 'header', json: 'body', form: 'form' };

function inputProblems(place: Place, issue: Issue): InputProblem[] {
  const at = [PLACE_NAMES[place], ...issue.path.map((part) => plainKey(String(part)))].join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, 20).map((key) => ({ field: `${at}.${plainKey(key)}`, expected: 'no such field' }));
  }
  return [{ field: at, expected: expectedOf(issue) }];
}

/** A key of the caller's is only repeated when it looks like a field's name. */
const plainKey = (key: string): string => (/^[A-Za-z0-9_.-]{1,64}$/.test(key) ? key : '(unprintable)');

function expectedOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `a value of type ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `at most ${String(issue.maximum)}`;
    case 'too_small':
      return `at least ${String(issue.minimum)}`;
    case 'custom':
      return issue.message;
    case 'invalid_format':
      return issue.message.startsWith('Invalid') ? `a valid ${issue.format}` : issue.message;
    default:
      return 'a valid value';
  }
}
