import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { InvalidInputError } from '../../domain/errors.ts';
import { mapMongoError } from './errors.ts';

export interface MongoSettings {
  /** Default: the URI's own, else `sv0`. */
  readonly database?: string;
  readonly appName?: string;
  readonly maxPoolSize?: number;
  readonly serverSelectionTimeoutMS?: number;
  readonly socketTimeoutMS?: number;
}

export interface MongoConnection {
  readonly client: MongoClient;
  readonly db: Db;
  close(): Promise<void>;
}

const DATABASE_IN_URI = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/;

/**
 * Connects once, with time limits that let an outage show as a `TransientError` within seconds: the driver's own default waits 30 s for a server.
 * (`timeoutMS` is not used: driver 7.9 ignores it, "has no effect and will be removed"; the limits below are the ones that act.)
 * @throws TransientError `DATABASE_UNAVAILABLE`; InvalidInputError `INVALID_CONFIGURATION` for what is no connection string
 */
export async function connectMongo(uri: string, settings: MongoSettings = {}): Promise<MongoConnection> {
  const client = clientOf(uri, {
    appName: settings.appName ?? 'sv0-pipeline',
    maxPoolSize: settings.maxPoolSize ?? 50,
    serverSelectionTimeoutMS: settings.serverSelectionTimeoutMS ?? 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: settings.socketTimeoutMS ?? 60_000,
    waitQueueTimeoutMS: 10_000,
    // An acknowledged write survives a change of primary: claims and fences rest on it.
    writeConcern: { w: 'majority' },
    // Whatever the URI says: a secondary may not have yet what was written a moment ago, and whoever waits for a pass is read from it.
    readPreference: 'primary',
    // `undefined` in a filter would match everything where it were dropped (API-05).
    ignoreUndefined: false,
  });
  try {
    await client.connect();
  } catch (error) {
    await client.close();
    throw mapMongoError(error, 'connect');
  }
  const named = DATABASE_IN_URI.exec(uri)?.[1];
  return { client, db: client.db(settings.database ?? named ?? 'sv0'), close: () => client.close() };
}

/** The driver's own words are not repeated: they are about a text with a password in it. */
function clientOf(uri: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, options);
  } catch {
    const expected = 'a MongoDB connection string: known options only, special characters of the password percent-encoded';
    throw new InvalidInputError('the connection string of the database cannot be read', {
      code: 'INVALID_CONFIGURATION',
      field: 'MONGODB_URI',
      expected,
    });
  }
}
