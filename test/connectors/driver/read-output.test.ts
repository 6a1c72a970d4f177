/** The results file as hostile text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDomainError } from '../../../domain/errors.ts';
import { parseResults } from '../../../connectors/driver/read-output.ts';
import { createRedactor } from '../../../connectors/driver/redact.ts';

const none = createRedactor([]);
const at = '2026-11-22T10:00:00.000Z';
const cell = { status: 'succeeded', items_scanned: 1, started_at: at, ended_at: at, errors: [] };
const error = { code: 'DENIED', class: 'persistent', message: 'not allowed', actor: 'customer' };
const file = (cells: unknown): string => JSON.stringify({ schema: 'sv0.category-results/1', category_results: cells });

function failure(text: string, categories = ['a']): { code?: string; field?: string } {
  try {
    parseResults(text, categories, none);
  } catch (problem) {
    return problem as { code?: string; field?: string };
  }
  throw new Error('the results were taken');
}

test('RUN-03: cells come back as they were written', () => {
  const cells = { a: cell, b: { ...cell, status: 'partial', errors: [error] } };
  expect(parseResults(file(cells), ['a', 'b'], none)).toEqual(cells);
});

test.each([
  ['another schema', JSON.stringify({ schema: 'x', category_results: { a: cell } }), 'schema'],
  ['no cells', JSON.stringify({ schema: 'sv0.category-results/1' }), 'category_results'],
  ['a list', '[]', '$'],
  ['null', 'null', '$'],
  ['a status that there is not', file({ a: { ...cell, status: 'ready' } }), 'category_results.a.status'],
  ['a count below zero', file({ a: { ...cell, items_scanned: -1 } }), 'category_results.a.items_scanned'],
  ['a count that is no integer', file({ a: { ...cell, items_scanned: 1.5 } }), 'category_results.a.items_scanned'],
  ['a time that is none', file({ a: { ...cell, ended_at: 'yesterday' } }), 'category_results.a.ended_at'],
  ['an error without a class', file({ a: { ...cell, errors: [{ ...error, class: undefined }] } }), 'category_results.a.errors.0.class'],
  ['too many errors', file({ a: { ...cell, errors: Array.from({ length: 101 }, () => error) } }), 'category_results.a.errors'],
  [
    'a message that is too long',
    file({ a: { ...cell, errors: [{ ...error, message: 'x'.repeat(1001) }] } }),
    'category_results.a.errors.0.message',
  ],
  ['a field that a cell has not', file({ a: { ...cell, note: 1 } }), 'category_results.a'],
  ['a bad name', file({ a: cell, 'Bad Name': cell }), 'category_results.*'],
])('RUN-03: %s is refused at its field', (_what, text, field) => {
  expect(failure(text)).toMatchObject({ code: 'CONNECTOR_BAD_RESULTS', field });
});

test.each(['__sync', '__driver__', '__anything', '__proto__', '__'])('RUN-04: the cell %s is the platform’s', (name) => {
  expect(failure(`{"schema":"sv0.category-results/1","category_results":{"${name}":${JSON.stringify(cell)}}}`)).toMatchObject({
    code: 'CONNECTOR_PLATFORM_CELL',
  });
});

test('RUN-10: categories are exactly those of the scope', () => {
  expect(failure(file({ a: cell }), ['a', 'b'])).toMatchObject({ code: 'CONNECTOR_CATEGORY_MISSING', subject: 'b' });
  expect(failure(file({ a: cell, b: cell }), ['a'])).toMatchObject({ code: 'CONNECTOR_CATEGORY_UNKNOWN' });
  expect(failure(file({}), ['constructor'])).toMatchObject({ code: 'CONNECTOR_CATEGORY_MISSING' });
});

test('CRED-07: a secret in an error of a cell is masked before anyone stores it', () => {
  const told = { ...error, message: 'refused for top-secret-value', subject: 'top-secret-value' };
  const cells = parseResults(file({ a: { ...cell, errors: [told] } }), ['a'], createRedactor(['top-secret-value']));
  expect(cells['a']?.errors[0]).toMatchObject({ message: 'refused for [redacted]', subject: '[redacted]' });
});

test('FLOW-05: whatever the file says, the failure is a domain error that repeats none of it', () => {
  const files = fc.oneof(
    fc.json(),
    fc.string(),
    fc.jsonValue().map((value) => file({ qqqq: value })),
  );
  fc.assert(
    fc.property(files, (text) => {
      // No such file has the category that is asked for.
      const problem = failure(text, ['wanted']);
      expect(isDomainError(problem)).toBe(true);
      expect(JSON.stringify({ ...problem, message: (problem as Error).message })).not.toContain('qqqq');
    }),
  );
});
