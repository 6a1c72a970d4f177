/** What a command is typed into: the process's own streams, or those of whoever runs commands within a process (tests). */
import type { Readable, Writable } from 'node:stream';
import type { ApiClient } from './client/index.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: Readable;
  readonly out: Writable;
  readonly err: Writable;
}

/** What every command gets. */
export interface Cli extends Terminal {
  /** How the process ends unless the command throws: 0 done, 1 failed. */
  exitCode: number;
  /** The API that data commands speak to. @throws InvalidInputError `API_NOT_FOUND`, `API_ADDRESS_REFUSED` */
  readonly api: () => ApiClient;
}
