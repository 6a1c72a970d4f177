/** The AWS connector over an emulator, in this process or as a child. */
import { join } from 'node:path';
import { execa } from 'execa';
import { awsConnector } from '../../../connectors/aws/connector.ts';
import { connectorMain } from '../../../connectors/sdk/run.ts';
import { DEMO_AWS_REGIONS } from '../../../emulators/aws/world.ts';
import { type ConnectorScan, scanConnector, type ScopeUnderTest } from '../../support/scan-connector.ts';

export interface RunOptions {
  readonly account: string;
  readonly endpoint?: string;
  readonly key?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly categories?: readonly string[];
  readonly regions?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}

export interface RunOutput extends ConnectorScan {
  /** Of a child: both its streams. */
  readonly log: string;
}

/** In this process. */
export const runHere = async (options: RunOptions): Promise<RunOutput> => ({
  ...(await scanConnector(scopeOf(options), (argv) => connectorMain(awsConnector, argv, environmentOf(options)))),
  log: '',
});

/** As a child with nothing of ours in its environment. */
export async function runAsChild(options: RunOptions): Promise<RunOutput> {
  const main = join(import.meta.dirname, '../../../connectors/aws/main.ts');
  const env = { PATH: process.env['PATH'] ?? '', ...environmentOf(options) };
  let log = '';
  const scanned = await scanConnector(scopeOf(options), async (argv) => {
    const child = await execa('node', ['--import', 'tsx', main, ...argv], { env, extendEnv: false, reject: false, all: true });
    log = child.all;
    return child.exitCode ?? -1;
  });
  return { ...scanned, log };
}

const environmentOf = ({ key, env }: RunOptions): Readonly<Record<string, string>> => ({
  ...(key === undefined ? {} : { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey }),
  ...(key?.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken }),
  ...env,
});

const scopeOf = ({ account, endpoint, categories, regions, config, deadlineMs }: RunOptions): ScopeUnderTest => ({
  connector: 'aws',
  source_tenant: account,
  categories: categories ?? ['iam', 'lambda', 's3'],
  config: { ...(endpoint === undefined ? {} : { endpoint_url: endpoint, allow_private: true }), ...config },
  params: { regions: regions ?? DEMO_AWS_REGIONS },
  deadlineMs,
});
