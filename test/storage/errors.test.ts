import {
  MongoBulkWriteError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoNotConnectedError,
  MongoParseError,
  MongoServerError,
  MongoServerSelectionError,
  type TopologyDescription,
} from 'mongodb';
import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../domain/errors.ts';
import { connectMongo } from '../../storage/mongo/client.ts';
import { isDuplicateKey, mapMongoError, mappingErrors } from '../../storage/mongo/errors.ts';

const server = (code: number, labels: readonly string[] = []): MongoServerError =>
  new MongoServerError({ message: 'E11000 dup key: { secret: "value" }', code, errorLabels: [...labels] });

/** What the driver makes of an unordered bulk of which these failed: the first one's code, and all of them beside it. */
const ofBulk = (...codes: readonly number[]): MongoBulkWriteError =>
  new MongoBulkWriteError(
    { message: 'secret: "value"', code: codes[0] as number, writeErrors: codes.map((code) => ({ code })) as never },
    {} as never,
  );

describe('errors of the driver', () => {
  it.each([
    new MongoNetworkError('connect ECONNREFUSED 10.0.0.1'),
    new MongoNetworkTimeoutError('timed out'),
    new MongoServerSelectionError('no server', {} as TopologyDescription),
    new MongoNotConnectedError('closed'),
    Object.defineProperty(new MongoParseError('pool'), 'name', { value: 'MongoWaitQueueTimeoutError' }),
    server(1, ['RetryableWriteError']),
    new MongoBulkWriteError(new MongoServerSelectionError('no server', {} as TopologyDescription) as never, {} as never),
    new MongoBulkWriteError(server(10_107) as never, {} as never),
    ofBulk(11_000, 16_500, 11_000),
    ...[91, 189, 10_107, 13_435, 11_600, 50, 112, 16_500].map((code) => server(code)),
  ])('FLOW-02: %s is transient', (error) => {
    expect(mapMongoError(error, 'runs.claim')).toMatchObject({
      name: 'TransientError',
      code: 'DATABASE_UNAVAILABLE',
      subject: 'runs.claim',
    });
  });

  it.each([
    [server(2), 'DATABASE_ERROR', 'engineer'],
    [server(121), 'DATABASE_ERROR', 'engineer'],
    [new MongoBulkWriteError({ message: 'secret: "value"', code: 121, writeErrors: [] }, {} as never), 'DATABASE_ERROR', 'engineer'],
    [ofBulk(16_500, 121), 'DATABASE_ERROR', 'engineer'],
    [ofBulk(11_000), 'DATABASE_ERROR', 'engineer'],
    [server(13), 'DATABASE_ACCESS_DENIED', 'operator'],
    [server(18), 'DATABASE_ACCESS_DENIED', 'operator'],
  ] as const)('FLOW-02: %s is persistent', (error, code, actor) => {
    const mapped = mapMongoError(error, 'x.y');
    expect(mapped).toMatchObject({ name: 'PersistentError', code, actor });
    expect((mapped as Error).message).not.toContain('value');
    expect((mapped as Error).cause).toBeUndefined();
  });

  it('ours and everybody else’s pass untouched', () => {
    for (const error of [new NotFoundError('run', 'r'), new TypeError('bug'), new DOMException('stop', 'AbortError')])
      expect(mapMongoError(error, 'x')).toBe(error);
    expect(isDuplicateKey(server(11_000))).toBe(true);
    expect(isDuplicateKey(server(1))).toBe(false);
    expect(isDuplicateKey(new MongoBulkWriteError({ message: 'm', code: 11_000, writeErrors: [] }, {} as never))).toBe(true);
  });

  it('every method of a wrapped repository maps: a rejection, a throw before the first await, and a broken iteration', async () => {
    const fail = (): never => {
      throw new MongoNetworkError('gone');
    };
    const wrapped = mappingErrors('x', {
      rejects: async () => fail(),
      throws: (): Promise<void> => fail(),
      async *iterates() {
        yield 1;
        fail();
      },
    });
    await expect(wrapped.rejects()).rejects.toMatchObject({ name: 'TransientError', subject: 'x.rejects' });
    await expect(wrapped.throws()).rejects.toMatchObject({ name: 'TransientError', subject: 'x.throws' });
    const seen: number[] = [];
    const iterating = (async () => {
      for await (const value of wrapped.iterates()) seen.push(value);
    })();
    await expect(iterating).rejects.toMatchObject({ name: 'TransientError', subject: 'x.iterates' });
    expect(seen).toEqual([1]);
  });

  it.each([
    'mongodb://sv0:canary-pass/word@host/db',
    'mongodb://sv0:canary-password@host/?nope=1',
    'mongodb://sv0:canary-password@host:port/',
    'sv0:canary-password@host',
  ])('CRED-07: a connection string that cannot be read is a wrong setting, and is not repeated: %#', async (uri) => {
    const refused: unknown = await connectMongo(uri).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'InvalidInputError', code: 'INVALID_CONFIGURATION', field: 'MONGODB_URI' });
    expect(JSON.stringify(refused) + String(refused)).not.toMatch(/canary|host/);
  });

  it('RUN-17: a database that is away shows within seconds', async () => {
    const started = performance.now();
    await expect(connectMongo('mongodb://127.0.0.1:1/?directConnection=true', { serverSelectionTimeoutMS: 300 })).rejects.toMatchObject({
      name: 'TransientError',
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
