/**
 * The one folder that everything local lives in: ignored by git, `--fresh` empties its data and keeps the services. Keys go with the
 * database that they seal; of a database that somebody else runs nothing is deleted, and without them it could not be read again.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { refuseBesideAnother } from './running.ts';

export interface StateFolder {
  readonly root: string;
  readonly services: string;
  readonly data: string;
  readonly logs: string;
  readonly keys: string;
  /** Private directories of connector runs; empty between runs. */
  readonly work: string;
}

/** @throws ConflictError `ALREADY_RUNNING` before anything is touched */
export async function openStateFolder(root: string, options: { fresh: boolean; ownDatabase: boolean }): Promise<StateFolder> {
  const folder: StateFolder = {
    root,
    services: join(root, 'services'),
    data: join(root, 'data'),
    logs: join(root, 'logs'),
    keys: join(root, 'keys'),
    work: join(root, 'work'),
  };
  await refuseBesideAnother(root);
  const emptied = [folder.data, folder.logs, folder.work, ...(options.ownDatabase ? [folder.keys] : [])];
  if (options.fresh) for (const path of emptied) await rm(path, { recursive: true, force: true });
  for (const path of Object.values(folder)) await mkdir(path, { recursive: true, mode: 0o700 });
  return folder;
}
