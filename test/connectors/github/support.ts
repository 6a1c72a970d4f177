/** The GitHub connector over an emulator. */
import type { GithubTuning } from '../../../connectors/github/client.ts';
import { githubConnectorWith } from '../../../connectors/github/connector.ts';
import { githubManifest } from '../../../connectors/github/manifest.ts';
import { connectorMain } from '../../../connectors/sdk/run.ts';
import { DEMO_GITHUB_TOKENS } from '../../../emulators/github/options.ts';
import { NORTHWIND } from '../../../emulators/story.ts';
import { type ConnectorScan, scanConnector } from '../../support/scan-connector.ts';

export const CATEGORIES: readonly string[] = githubManifest.categories.map(({ name }) => name);
export const NORTHWIND_ORG = NORTHWIND.github.organization;

/** Quick to come back, so that a test of a retry does not wait for half a second. */
export const QUICK: GithubTuning = { retry: { baseDelayMs: 5, throttleFloorMs: 400, freshDelayMs: 30 } };

export interface ScanOptions {
  readonly organization?: string;
  readonly categories?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly token?: string;
  readonly tuning?: GithubTuning;
  readonly deadlineMs?: number;
}

export const scan = (url: string, options: ScanOptions = {}): Promise<ConnectorScan> => {
  const { organization = NORTHWIND_ORG, categories = CATEGORIES, tuning = QUICK, deadlineMs, params = {} } = options;
  const tokens: Readonly<Record<string, string>> = DEMO_GITHUB_TOKENS;
  return scanConnector(
    {
      connector: 'github',
      source_tenant: organization,
      categories,
      config: { organization, base_url: url, allow_private: true, ...options.config },
      params,
      deadlineMs,
    },
    (argv) => connectorMain(githubConnectorWith(tuning), argv, { GITHUB_TOKEN: options.token ?? tokens[organization] }),
  );
};

export const statuses = ({ cells }: ConnectorScan): Record<string, string> =>
  Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cell.status]));
