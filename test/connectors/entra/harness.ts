/** The Entra connector over an emulator. */
import type { EntraTuning } from '../../../connectors/entra/client.ts';
import { entraConnectorWith } from '../../../connectors/entra/connector.ts';
import { entraManifest } from '../../../connectors/entra/manifest.ts';
import { connectorMain } from '../../../connectors/sdk/run.ts';
import type { GraphEdge, GraphEntity } from '../../../domain/graph/types.ts';
import { DEMO_ENTRA_CLIENT } from '../../../emulators/entra/options.ts';
import { NORTHWIND } from '../../../emulators/story.ts';
import { type ConnectorScan, scanConnector } from '../../support/scan-connector.ts';

export const TENANT = NORTHWIND.entra.tenantId;
export const NOW = new Date('2026-09-15T12:00:00Z');
export const CATEGORIES = entraManifest.categories.map((category) => category.name);
export const CLIENT_ENV = { AZURE_CLIENT_ID: DEMO_ENTRA_CLIENT.clientId, AZURE_CLIENT_SECRET: DEMO_ENTRA_CLIENT.clientSecret };

/** Waits of a real source, made short; the order of things stays. */
export const FAST: EntraTuning = { retry: { baseDelayMs: 20, maxDelayMs: 200, throttleFloorMs: 300, maxWaitMs: 20_000 } };

export interface ScanOptions {
  readonly categories?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly tuning?: EntraTuning;
}

export const scanEntra = (url: string, options: ScanOptions = {}): Promise<ConnectorScan> =>
  scanConnector(
    {
      connector: 'entra',
      source_tenant: TENANT,
      categories: options.categories ?? CATEGORIES,
      config: { tenant_id: TENANT, graph_url: url, authority_url: url, allow_private: true, ...options.config },
    },
    (argv) => connectorMain(entraConnectorWith(options.tuning ?? FAST), argv, options.env ?? CLIENT_ENV),
  );

export const find = (scan: ConnectorScan, type: string, nativeId: string): GraphEntity | undefined =>
  scan.entities.find((entity) => entity.type === type && entity.native_id === nativeId);

export const edgesFrom = (scan: ConnectorScan, nativeId: string, type?: string): readonly GraphEdge[] =>
  scan.edges.filter((edge) => edge.from.native_id === nativeId && (type === undefined || edge.type === type));
