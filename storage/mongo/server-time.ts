import type { Db } from 'mongodb';
import { mapMongoError } from './errors.ts';

/** The clock of the database server, which claims are dated by (`$$NOW`). Null: it does not tell. @throws TransientError when it cannot be reached */
export async function serverTime(db: Db): Promise<Date | null> {
  try {
    const { localTime } = (await db.command({ hello: 1 })) as { readonly localTime?: unknown };
    return localTime instanceof Date ? localTime : null;
  } catch (error) {
    throw mapMongoError(error, 'hello');
  }
}
