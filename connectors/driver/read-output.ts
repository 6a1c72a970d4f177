/** Taking over what a child left, as hostile input: after the last of its processes is gone, so nothing moves under us. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { categoryCell, RESULTS_SCHEMA, type ResultsFile, resultsFile } from '../contract/results.ts';
import { badFile, badResults, categoryMissing, categoryUnknown, errnoOf, outputTooLarge, platformCell } from './failures.ts';
import type { Redactor } from './redact.ts';

/** A regular file with one link that this user owns, not reached through a link, within its limit; null when there is none. */
export async function openOutput(path: string, what: 'results' | 'graph', owner: number, maxBytes: number): Promise<FileHandle | null> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK, opening a FIFO would wait for a writer for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw badFile(what, 'a regular file of its own');
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw badFile(what, 'a regular file');
    if (stat.nlink !== 1) throw badFile(what, 'a file with one link');
    if (stat.uid !== owner) throw badFile(what, "a file of the run's user");
    if (stat.size > maxBytes) throw outputTooLarge(what, maxBytes);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes of the graph, or null when it is missing or empty. Its content is the next stage's to check. */
export async function graphSize(path: string, owner: number, maxBytes: number): Promise<number | null> {
  const file = await openOutput(path, 'graph', owner, maxBytes);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    return size === 0 ? null : size;
  } finally {
    await file.close();
  }
}

/** The cells, or null when there is no file. Their texts are redacted: they will be stored and shown. */
export async function readResults(
  path: string,
  owner: number,
  maxBytes: number,
  categories: readonly string[],
  redactor: Redactor,
): Promise<ResultsFile['category_results'] | null> {
  const file = await openOutput(path, 'results', owner, maxBytes);
  if (file === null) return null;
  try {
    return parseResults(await file.readFile('utf8'), categories, redactor);
  } finally {
    await file.close();
  }
}

/** Pure. Nothing of the text is ever in an error: of its keys only those that the scope itself named (FLOW-05). */
export function parseResults(text: string, categories: readonly string[], redactor: Redactor): ResultsFile['category_results'] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badResults('$', 'one JSON document');
  }
  const cells = isObject(value) && isObject(value['category_results']) ? value['category_results'] : {};
  const names = Object.keys(cells);
  if (names.some((name) => name.startsWith('__'))) throw platformCell();

  const parsed = resultsFile.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw badResults(fieldOf(issue?.path ?? [], categories), expectedOf(issue?.path ?? []));
  }
  const missing = categories.filter((category) => !Object.hasOwn(cells, category));
  if (missing.length > 0) throw categoryMissing(missing);
  const unknown = names.filter((name) => !categories.includes(name));
  if (unknown.length > 0) throw categoryUnknown(unknown.length);
  return Object.fromEntries(
    Object.entries(parsed.data.category_results).map(([name, cell]) => [
      name,
      {
        ...cell,
        errors: cell.errors.map((error) => ({
          ...error,
          message: redactor.redact(error.message),
          ...(error.subject === undefined ? {} : { subject: redactor.redact(error.subject) }),
        })),
      },
    ]),
  );
}

const CELL_FIELDS = new Set([...Object.keys(categoryCell.shape), ...Object.keys(categoryCell.shape.errors.element.shape)]);

function fieldOf(path: readonly PropertyKey[], categories: readonly string[]): string {
  const known = path.map((part) => {
    const safe = typeof part === 'number' || part === 'schema' || part === 'category_results' || CELL_FIELDS.has(String(part));
    return safe || categories.includes(String(part)) ? String(part) : '*';
  });
  return known.length === 0 ? '$' : known.join('.');
}

function expectedOf(path: readonly PropertyKey[]): string {
  if (path[0] === 'schema') return `"${RESULTS_SCHEMA}"`;
  return path.length <= 1 ? 'an object with schema and category_results, and nothing else' : 'what docs/schemas/results.json says';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
