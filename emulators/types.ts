import type { Listening } from './listen.ts';

/** What every emulator has in common. Loopback only; no state outside the process. */
export interface RunningEmulator extends Listening {
  /** How often each kind of request and each kind of nastiness happened: tests assert that the nastiness fired. */
  readonly counters: Readonly<Record<string, number>>;
}
