import type { ConnectorManifest } from '../domain/connectors/manifest.ts';
import type { CallerSource } from './caller.ts';
import type { AppEnv } from './context.ts';
import type { LiveLimits } from './live.ts';
import type { Network } from './network.ts';
import type { RateLimits } from './middleware/rate.ts';
import type { Hono } from 'hono';
import type { Administration } from './administration.ts';
import type {
  AttemptHistory,
  AuditTrail,
  ConnectionTests,
  GateControl,
  Health,
  IngestService,
  IntakeLinks,
  IntakeService,
  Measures,
  Rules,
  RunControl,
  RunLogs,
  Views,
} from './ports.ts';

/** Facts only: a fixed message and the names of things; never a request's content. */
export interface Log {
  error(facts: Readonly<Record<string, unknown>>, message: string): void;
}

export interface TemporalUi {
  /** Base address of the Temporal Web UI, without a slash at the end. */
  readonly url: string;
  readonly namespace: string;
}

export interface Limits {
  /** Bytes of a JSON or form body; a whole tenant in one document may have `APPLY_TIMES` as many. */
  readonly bodyBytes: number;
  /** Bytes of an ingested graph. */
  readonly ingestBytes: number;
  readonly rates?: RateLimits;
  readonly live?: LiveLimits;
}

/** An organisation of a thousand accounts is one document. */
export const APPLY_TIMES = 16;

export const DEFAULT_LIMITS: Limits = { bodyBytes: 64 * 1024, ingestBytes: 512 * 1024 * 1024 };

export interface AppDeps {
  readonly views: Views;
  readonly ingest: IngestService;
  readonly health: Health;
  readonly measures: Measures;
  readonly audit: AuditTrail;
  readonly callers: CallerSource;
  /** Routes that need no identity because they give one (`identity/sign-in.tsx`). Left out: tokens only. */
  readonly signIn?: Hono<AppEnv>;
  readonly rules: Rules;
  /** What the registry knows, in the order in which it is offered: names for filters, fields for forms. */
  readonly connectors: readonly ConnectorManifest[];
  readonly runControl: RunControl;
  readonly gate: GateControl;
  readonly administration: Administration;
  readonly connectionTests: ConnectionTests;
  readonly temporalUi: TemporalUi | null;
  readonly log: Log;
  readonly now: () => Date;
  readonly version: string;
  /** Left out: there is no intake page, and no way to make a link. */
  readonly intake?: IntakeService & IntakeLinks;
  /** A KMS or a vault keeps the key of the credential store; left out: a file does, and the store is not production-grade (CRED-22). */
  readonly storeKeyKept?: boolean;
  /** Left out: the run page has no log panel. */
  readonly runLogs?: RunLogs;
  /** Left out: the run page shows no attempts. */
  readonly attempts?: AttemptHistory;
  readonly limits?: Limits;
  /** How browsers reach this server: `https://sv0.example`. Left out: as the request says. */
  readonly publicOrigin?: string;
  /** Host names beside the loopback ones that this server answers to (API-07). */
  readonly hosts?: readonly string[];
  /** Whose word on a request's origin counts (`X-Forwarded-For`). Left out: nobody's. */
  readonly trustedProxies?: readonly Network[];
}
