/** Refusals of a graph document: a stable code, the field, what was expected there; never the value. */
import type { z } from 'zod';
import { InvalidInputError, type InputProblem } from '../errors.ts';

export type GraphProblemCode =
  | 'GRAPH_NOT_UTF8'
  | 'GRAPH_NOT_JSON'
  | 'GRAPH_EMPTY'
  | 'GRAPH_HEADER_INVALID'
  | 'GRAPH_WRONG_SOURCE'
  | 'GRAPH_RECORD_INVALID'
  | 'GRAPH_UNEXPECTED_CATEGORY'
  | 'GRAPH_HOSTILE_KEY'
  | 'GRAPH_TOO_LARGE'
  | 'GRAPH_TOO_MANY'
  | 'GRAPH_RECORD_TOO_LARGE'
  | 'GRAPH_TOO_DEEP';

export function graphProblem(
  code: GraphProblemCode,
  field: string,
  expected: string,
  problems?: readonly InputProblem[],
): InvalidInputError {
  const facts = { code, field, expected, actor: 'engineer' as const };
  return new InvalidInputError('the graph is not valid', problems === undefined ? facts : { ...facts, problems });
}

/** At most this many problems of one record are told. */
const MOST = 10;

/** `at` is the record's place: `entities[12]`. */
export function schemaProblem(code: GraphProblemCode, at: string, error: z.ZodError): InvalidInputError {
  const problems = error.issues.slice(0, MOST).map((issue) => ({ field: pathOf(at, issue), expected: expectation(issue) }));
  const first = problems[0] ?? { field: at, expected: 'a valid record' };
  return graphProblem(code, first.field, first.expected, problems);
}

function pathOf(at: string, issue: z.core.$ZodIssue): string {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return [...issue.path, ...unknown].reduce<string>(
    (path, part) => (typeof part === 'number' ? `${path}[${part}]` : `${path}.${keyName(String(part))}`),
    at,
  );
}

/** A key is the caller's text: told only where it looks like a name. */
const keyName = (key: string): string => (/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(key) ? key : '?');

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${issue.expected}`;
    case 'unrecognized_keys':
      return 'no such key';
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return 'pattern' in issue && typeof issue.pattern === 'string' ? `a match of ${issue.pattern}` : `a valid ${issue.format}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'too_small':
      return `at least ${issue.minimum}`;
    case 'invalid_key':
      return 'a key that matches ^[a-z][a-z0-9_]{0,63}$ and is not reserved';
    case 'invalid_union':
      return 'a string, a finite number, a boolean, null, or a list of one of these kinds';
    default:
      return issue.message;
  }
}
