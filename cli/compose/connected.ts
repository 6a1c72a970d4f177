/** For commands that need services which somebody else runs: those of the environment, else those of the `npm start` on this machine. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '../../domain/errors.ts';
import { type AppConfig, loadConfig } from '../config.ts';
import { PROJECT } from '../folders.ts';
import { readRunning } from '../services/running.ts';
import { artifactKey, evidenceKey } from './keys.ts';
import type { ThreadSettings } from './thread-protocol.ts';

export interface ConnectedConfig {
  readonly config: AppConfig;
  readonly settings: ThreadSettings;
}

/** @throws InvalidInputError `SERVICES_NOT_FOUND` naming the settings */
export async function connectedConfig(env: Readonly<Record<string, string | undefined>>): Promise<ConnectedConfig> {
  const config = loadConfig(env, PROJECT);
  const running = readRunning(config.stateDir);
  const uri = config.mongodbUri ?? running?.mongodb_uri;
  const address = config.temporalAddress ?? running?.temporal_address;
  if (uri === undefined || address === undefined) {
    const missing = uri === undefined ? 'MONGODB_URI' : 'TEMPORAL_ADDRESS';
    throw new InvalidInputError(`${missing} is not set, and no \`npm start\` runs from this folder`, {
      code: 'SERVICES_NOT_FOUND',
      field: missing,
      expected: 'the address of a running service',
    });
  }
  const keys = join(config.stateDir, 'keys');
  await mkdir(keys, { recursive: true, mode: 0o700 });
  return {
    config: { ...config, mongodbUri: uri, temporalAddress: address, temporalUiUrl: config.temporalUiUrl ?? running?.temporal_ui_url },
    settings: {
      uri,
      database: config.database,
      artifactKey: await artifactKey(config.artifactKeyFile ?? join(keys, 'artifact.key'), config.artifactKeyFile !== undefined),
      evidenceKeyPem: await evidenceKey(config.evidenceKeyFile ?? join(keys, 'evidence.pem'), config.evidenceKeyFile !== undefined),
    },
  };
}
