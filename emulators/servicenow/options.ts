/** How the emulated instance behaves, and how badly. */
export interface ServicenowNastiness {
  /** Rows that access rules take out of a page after it was cut: of this table, those for which the function says so. */
  readonly hideRows?: Readonly<Record<string, (row: Readonly<Record<string, string>>) => boolean>>;
  /** Columns that access rules take out of every row. */
  readonly hideColumns?: Readonly<Record<string, readonly string[]>>;
  /** Tables that answer 403. */
  readonly deny?: readonly string[];
  /** Tables that this release does not have. */
  readonly unknownTables?: readonly string[];
  /** The instance does not count (`glide.rest…suppress`), so there is no `X-Total-Count`. */
  readonly withoutCount?: boolean;
  /** Answers of more than this many rows are cut: 200, half the rows, and an error beside them. */
  readonly cutAbove?: number;
  /** Every `every`-th request is throttled for `forMs`; whoever comes back earlier waits twice as long, and is counted. */
  readonly throttle?: { readonly every: number; readonly forMs: number };
  /** From the `from`-th request on, `count` answers are 503. */
  readonly serverErrors?: { readonly from: number; readonly count: number };
  /** An OAuth token is refused after this many requests. */
  readonly tokenRequests?: number;
  /** Rows that appear while a table is read: inserted, in front, after its first page. */
  readonly insertWhileReading?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface ServicenowEmulatorOptions {
  readonly port?: number;
  /** The day that the world's dates count from. Default: now. */
  readonly now?: Date;
  readonly login?: { readonly username: string; readonly password: string };
  readonly client?: { readonly clientId: string; readonly clientSecret: string };
  readonly nasty?: ServicenowNastiness;
}

/** What the demo's connector signs in with. Not secrets of anything real. */
export const DEMO_SERVICENOW_LOGIN = { username: 'sv0.reader', password: 'demo-servicenow-password-not-a-real-one' } as const;
export const DEMO_SERVICENOW_CLIENT = {
  clientId: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  clientSecret: 'demo-servicenow-client-secret-not-a-real-one',
} as const;
