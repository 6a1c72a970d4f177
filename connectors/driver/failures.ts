/**
 * Every way in which a connector process can fail, as a domain error with a stable code. The messages are fixed: what the child
 * wrote is never in them, because they end up in Temporal's history (FLOW-05).
 */
import { BudgetExceededError, InvalidInputError, type InputProblem, PersistentError, TransientError } from '../../domain/errors.ts';

export const connectorExited = (code: number | null, signal: string | null): PersistentError =>
  new PersistentError(`the connector ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}; its log has more`, {
    code: 'CONNECTOR_EXITED',
    actor: 'engineer',
    subject: signal ?? `exit ${code}`,
  });

export const connectorTransient = (): TransientError =>
  new TransientError('the connector ended for a passing reason (exit code 75) without its files', { code: 'CONNECTOR_TRANSIENT' });

export const noResults = (): PersistentError =>
  new PersistentError('the connector ended without a results file', { code: 'CONNECTOR_NO_RESULTS', actor: 'engineer' });

export const noGraph = (): PersistentError =>
  new PersistentError('the connector ended without a graph file', { code: 'CONNECTOR_NO_GRAPH', actor: 'engineer' });

export const badFile = (what: 'results' | 'graph', expected: string): PersistentError =>
  new PersistentError(`the ${what} file is not one that can be read: expected ${expected}`, {
    code: 'CONNECTOR_BAD_FILE',
    actor: 'engineer',
    subject: what,
    expected,
  });

export const badResults = (field: string, expected: string): PersistentError =>
  new PersistentError(`the results file is not valid at ${field}: expected ${expected}`, {
    code: 'CONNECTOR_BAD_RESULTS',
    actor: 'engineer',
    field,
    expected,
  });

export const platformCell = (): PersistentError =>
  new PersistentError("the connector wrote a cell whose name begins with '__': those are the platform's", {
    code: 'CONNECTOR_PLATFORM_CELL',
    actor: 'engineer',
    field: 'category_results',
  });

export const categoryMissing = (categories: readonly string[]): PersistentError =>
  new PersistentError(`the results say nothing about: ${categories.join(', ')}`, {
    code: 'CONNECTOR_CATEGORY_MISSING',
    actor: 'engineer',
    subject: categories.join(','),
  });

export const categoryUnknown = (count: number): PersistentError =>
  new PersistentError(`the results have ${count} categories that the scope did not ask for`, {
    code: 'CONNECTOR_CATEGORY_UNKNOWN',
    actor: 'engineer',
    field: 'category_results',
  });

/** `limit`: files for `entries`, else bytes. */
export const outputTooLarge = (what: string, limit: number): PersistentError =>
  new PersistentError(`the connector wrote more than its limit (${what}: ${what === 'entries' ? `${limit} files` : size(limit)})`, {
    code: 'CONNECTOR_OUTPUT_TOO_LARGE',
    actor: 'operator',
    subject: what,
    expected: `at most ${limit}`,
  });

const MIB = 1024 * 1024;
const size = (bytes: number): string => (bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${bytes} bytes`);

export const budgetExceeded = (): BudgetExceededError =>
  new BudgetExceededError("the run's time budget was used up while the connector ran", { code: 'CONNECTOR_BUDGET', actor: 'operator' });

/** The reason that the caller gave wins (Temporal's own cancellation must reach the interceptor untouched). */
export function cancelled(reason: unknown): Error {
  if (reason instanceof Error && reason.name !== 'AbortError') return reason;
  return new PersistentError('the connector was cancelled', { code: 'CONNECTOR_CANCELLED', actor: 'nobody' });
}

const PASSING_SPAWN_ERRORS: ReadonlySet<string> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ETIMEDOUT']);

/** `errno` is the system's code (`ENOENT`), never its message: Node's carries the arguments. */
export function spawnFailed(what: string, errno: string): PersistentError | TransientError {
  const facts = { code: 'CONNECTOR_SPAWN_FAILED', subject: errno };
  const message = `the connector could not be started: ${what} (${errno})`;
  return PASSING_SPAWN_ERRORS.has(errno)
    ? new TransientError(message, facts)
    : new PersistentError(message, { ...facts, actor: 'operator' });
}

/** What says nothing of the level; null when the probe's failure is an answer. */
export function probeFailed(level: string, errno: string): TransientError | null {
  const failure = PASSING_SPAWN_ERRORS.has(errno) ? spawnFailed(`whether this host can isolate by ${level} is not known`, errno) : null;
  return failure instanceof TransientError ? failure : null;
}

export const digestMismatch = (path: string): PersistentError =>
  new PersistentError('a file of the connector is not the one that was registered', {
    code: 'CONNECTOR_DIGEST_MISMATCH',
    actor: 'operator',
    subject: path,
  });

export const workDirectory = (errno: string): PersistentError =>
  new PersistentError(`the private directory of the run could not be made (${errno})`, {
    code: 'CONNECTOR_WORK_DIRECTORY',
    actor: 'operator',
    subject: errno,
  });

export const isolationUnavailable = (level: string): PersistentError =>
  new PersistentError(`this host cannot isolate a connector by ${level}`, {
    code: 'CONNECTOR_ISOLATION_UNAVAILABLE',
    actor: 'operator',
    subject: level,
  });

export const stragglers = (count: number): PersistentError =>
  new PersistentError(`${count} processes of the connector could not be ended`, { code: 'CONNECTOR_STRAGGLERS', actor: 'operator' });

export const bundleInvalid = (problems: readonly InputProblem[]): InvalidInputError =>
  new InvalidInputError(
    `the credential bundle cannot be handed to the connector: ${problems.map((p) => `${p.field}: ${p.expected}`).join('; ')}`,
    {
      code: 'BUNDLE_INVALID',
      ...(problems[0] === undefined ? {} : problems[0]),
      problems,
    },
  );

/** The system's code of a failed call, or a word that is safe to show. */
export function errnoOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,40}$/.test(code) ? code : 'UNKNOWN';
}
