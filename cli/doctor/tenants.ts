/** Customers' credentials, by presence alone: which connectors of which tenants could be launched from here (CRED-14). */
import { enrolConnections } from '../compose/enrolment.ts';
import { createLogger } from '../compose/logger.ts';
import { openRegistry } from '../compose/registry.ts';
import { openStorage } from '../compose/storage.ts';
import type { ThreadSettings } from '../compose/thread-protocol.ts';
import type { AppConfig } from '../config.ts';
import { isDomainError } from '../../domain/errors.ts';
import { type Check, failed, ok, warning } from './types.ts';

const MOST_NAMED = 20;

/** @param environment asked for presence only; the worker's own may hold more */
export async function tenantChecks(
  config: Pick<AppConfig, 'connectorsFile'>,
  settings: ThreadSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Check[]> {
  const storage = await openStorage(settings);
  try {
    const registry = await openRegistry(config.connectorsFile);
    const { enrolled, connectors } = await enrolConnections({ storage, registry, environment, logger: createLogger('silent') });
    const without = connectors.filter(({ decision }) => decision !== 'enrolled');
    const found = ok('tenants.credentials', `${enrolled} connectors of tenants have a credential`);
    if (without.length === 0) return [found];
    const named = without.slice(0, MOST_NAMED).map(({ tenant_id, connector, decision }) => `${tenant_id}/${connector} (${decision})`);
    const more = without.length > MOST_NAMED ? ` and ${without.length - MOST_NAMED} more` : '';
    return [
      found,
      warning(
        'tenants.without_credential',
        `no usable credential seen from here (a worker may have others in its environment): ${named.join(', ')}${more}`,
        'sv0 credentials put <instance> --kind <kind>',
      ),
    ];
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const where =
      error.name === 'InvalidInputError' ? error.problems.map(({ field, expected }) => `${field}: ${expected}`).join('; ') : error.message;
    return [failed('tenants.credentials', `${error.code}: ${where}`)];
  } finally {
    await storage.close();
  }
}
