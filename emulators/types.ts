/** What every emulator has in common. Loopback only; no state outside the process. */
export interface RunningEmulator {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** How often each kind of request and each kind of nastiness happened: tests assert that the nastiness fired. */
  readonly counters: Readonly<Record<string, number>>;
  close(): Promise<void>;
}
