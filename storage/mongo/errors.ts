/**
 * The one place where the driver's errors become ours. Messages are fixed: the driver's own quote keys, documents and addresses.
 * Errors that are not the driver's (a bug of ours, an abort) pass untouched.
 */
import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoErrorLabel,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';
import { isDomainError, PersistentError, TransientError } from '../../domain/errors.ts';

const DUPLICATE_KEY = 11_000;

/**
 * Retryable codes of the driver specification ("Retryable Reads/Writes", "Server Discovery and Monitoring": not primary, node is recovering),
 * and those that say "too slow or too busy just now": LockTimeout, LockBusy, MaxTimeMSExpired, WriteConcernFailed, WriteConflict,
 * IngressRequestRateLimitExceeded, and 16500, which Azure's MongoDB API answers when throttling.
 */
const TRANSIENT_CODES: ReadonlySet<number> = new Set([
  6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436, 24, 46, 50, 64, 112, 202, 462, 16_500,
]);

/** An error of authentication or authorisation: the operator's to mend. */
const ACCESS_CODES: ReadonlySet<number> = new Set([13, 18, 8000]);

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

const UPSERT_ATTEMPTS = 10;

/**
 * For an upsert by `_id`: several at once can each find no row and insert it. A loser finds the row that another made when it asks again
 * (MongoDB manual, "Upsert with duplicate values"); it may lose to a reader of an older snapshot more than once.
 */
export async function upserting<T>(upsert: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await upsert();
    } catch (error) {
      if (!isDuplicateKey(error) || attempt >= UPSERT_ATTEMPTS) throw error;
    }
  }
}

function isTransient(error: MongoError): boolean {
  if (
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoOperationTimeoutError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoClientClosedError ||
    error instanceof MongoNotConnectedError ||
    // Not exported as a class by the driver.
    error.name === 'MongoWaitQueueTimeoutError'
  ) {
    return true;
  }
  if (error.hasErrorLabel(MongoErrorLabel.RetryableWriteError) || error.hasErrorLabel(MongoErrorLabel.TransientTransactionError))
    return true;
  return codesOf(error).every((code) => typeof code === 'number' && TRANSIENT_CODES.has(code));
}

/**
 * What the driver (7.9, `bulk/common.js`) makes of a connection that breaks during a bulk write is a `MongoBulkWriteError` without a code, with
 * the true error inside: taken for what it says, an outage would be a refusal.
 */
function unwrapped(error: MongoError): MongoError {
  if (!(error instanceof MongoBulkWriteError)) return error;
  const inside: unknown = error.errorResponse;
  return inside instanceof MongoError ? inside : error;
}

/** An unordered bulk names its first failure in its code, which may be a duplicate key that nobody minds, beside what was throttled or interrupted. */
function codesOf(error: MongoError): readonly unknown[] {
  const failures = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
  const codes = failures.map(({ code }) => code).filter((code) => code !== DUPLICATE_KEY);
  return codes.length === 0 ? [error.code] : codes;
}

/** `operation` is ours (`runs.claim`) and becomes the error's subject. */
export function mapMongoError(thrown: unknown, operation: string): unknown {
  if (isDomainError(thrown) || !(thrown instanceof MongoError)) return thrown;
  const error = unwrapped(thrown);
  if (isTransient(error))
    return new TransientError('the database is not available just now', { code: 'DATABASE_UNAVAILABLE', subject: operation });
  const code = typeof error.code === 'number' ? ` (code ${error.code})` : '';
  const access = typeof error.code === 'number' && ACCESS_CODES.has(error.code);
  return new PersistentError(`the database refused the operation${code}`, {
    code: access ? 'DATABASE_ACCESS_DENIED' : 'DATABASE_ERROR',
    actor: access ? 'operator' : 'engineer',
    subject: operation,
  });
}

type Method = (...args: never[]) => unknown;

/** Wraps every method of a repository: what it throws, rejects or throws while being iterated is mapped. */
export function mappingErrors<T extends object>(name: string, repository: T): T {
  const wrapped = Object.entries(repository).map(([key, value]) => {
    if (typeof value !== 'function') return [key, value] as const;
    const operation = `${name}.${key}`;
    return [key, (...args: never[]) => mapOutcome(() => (value as Method).apply(repository, args), operation)] as const;
  });
  return Object.fromEntries(wrapped) as T;
}

function mapOutcome(call: () => unknown, operation: string): unknown {
  try {
    const result = call();
    if (result instanceof Promise) return result.catch((error: unknown) => Promise.reject(mapMongoError(error, operation)));
    if (isAsyncIterable(result)) return mapIteration(result, operation);
    return result;
  } catch (error) {
    // A guard that throws before the first await: every method gives a promise, so it rejects like the others.
    return Promise.reject(mapMongoError(error, operation));
  }
}

async function* mapIteration(source: AsyncIterable<unknown>, operation: string): AsyncIterable<unknown> {
  try {
    yield* source;
  } catch (error) {
    throw mapMongoError(error, operation);
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
