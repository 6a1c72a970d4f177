/** For commands that need a Temporal server and nothing else of ours. */
import { InvalidInputError } from '../../domain/errors.ts';
import { type AppConfig, loadConfig } from '../config.ts';
import { PROJECT } from '../folders.ts';
import type { Terminal } from '../terminal.ts';
import { readRunning } from '../services/running.ts';
import { connectTemporal, type TemporalClient } from './temporal-connection.ts';

/** @throws InvalidInputError `SERVICES_NOT_FOUND` */
export async function withTemporal<T>(
  env: Terminal['env'],
  use: (temporal: TemporalClient['client'], config: AppConfig) => Promise<T>,
): Promise<T> {
  const config = loadConfig(env, PROJECT);
  const address = config.temporalAddress ?? readRunning(config.stateDir)?.temporal_address;
  if (address === undefined) {
    throw new InvalidInputError('TEMPORAL_ADDRESS is not set, and no `npm start` runs from this folder', {
      code: 'SERVICES_NOT_FOUND',
      field: 'TEMPORAL_ADDRESS',
      expected: 'the address of a running service',
    });
  }
  const temporal = await connectTemporal({ ...config, temporalAddress: address });
  try {
    return await use(temporal.client, config);
  } finally {
    await temporal.close();
  }
}
