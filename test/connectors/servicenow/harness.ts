/** The ServiceNow connector over an emulator. */
import { connectorMain } from '../../../connectors/sdk/run.ts';
import type { ServicenowTuning } from '../../../connectors/servicenow/client.ts';
import { servicenowConnectorWith } from '../../../connectors/servicenow/connector.ts';
import { servicenowManifest } from '../../../connectors/servicenow/manifest.ts';
import type { GraphEdge, GraphEntity } from '../../../domain/graph/types.ts';
import { DEMO_SERVICENOW_CLIENT, DEMO_SERVICENOW_LOGIN } from '../../../emulators/servicenow/options.ts';
import { NORTHWIND } from '../../../emulators/story.ts';
import { type ConnectorScan, scanConnector } from '../../support/scan-connector.ts';

export const HOST = NORTHWIND.servicenow.host;
export const NOW = new Date('2026-09-15T12:00:00Z');
export const CATEGORIES = servicenowManifest.categories.map((category) => category.name);
export const BASIC_ENV = { SERVICENOW_USERNAME: DEMO_SERVICENOW_LOGIN.username, SERVICENOW_PASSWORD: DEMO_SERVICENOW_LOGIN.password };
export const OAUTH_ENV = {
  SERVICENOW_CLIENT_ID: DEMO_SERVICENOW_CLIENT.clientId,
  SERVICENOW_CLIENT_SECRET: DEMO_SERVICENOW_CLIENT.clientSecret,
};

/** Waits of a real source, made short, and pages small enough that there are several. */
export const FAST: ServicenowTuning = {
  pageSize: 12,
  retry: { baseDelayMs: 20, maxDelayMs: 200, throttleFloorMs: 300, maxWaitMs: 20_000 },
};

export interface ScanOptions {
  readonly categories?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly tuning?: ServicenowTuning;
}

export const scanServicenow = (url: string, options: ScanOptions = {}): Promise<ConnectorScan> =>
  scanConnector(
    {
      connector: 'servicenow',
      source_tenant: HOST,
      categories: options.categories ?? CATEGORIES,
      config: { instance_url: url, allow_private: true, ...options.config },
    },
    (argv) => connectorMain(servicenowConnectorWith(options.tuning ?? FAST), argv, options.env ?? BASIC_ENV),
  );

export const find = (scan: ConnectorScan, nativeId: string): GraphEntity | undefined =>
  scan.entities.find((entity) => entity.native_id === nativeId);

export const edgesFrom = (scan: ConnectorScan, nativeId: string, type?: string): readonly GraphEdge[] =>
  scan.edges.filter((edge) => edge.from.native_id === nativeId && (type === undefined || edge.type === type));
