/** Opens the database for a one-shot command that needs nothing else, and closes it whatever happens. */
import { userInfo } from 'node:os';
import { connectedConfig } from '../compose/connected.ts';
import { openStorage, type Storage } from '../compose/storage.ts';

export interface StorageParts {
  readonly storage: Storage;
  /** Who is at the keyboard, for the audit trail. */
  readonly userId: string;
}

export async function withStorage(use: (parts: StorageParts) => Promise<void>): Promise<void> {
  const { settings } = await connectedConfig(process.env);
  const storage = await openStorage(settings);
  try {
    await use({ storage, userId: `cli:${userInfo().username}` });
  } finally {
    await storage.close();
  }
}
