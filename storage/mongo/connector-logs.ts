/** Log tails of connector runs. Sensitive although redacted: tenant-scoped, capped, swept after a while (security: log tails). */
import { runId } from '../../domain/ids.ts';
import type { Collections, ConnectorLogDoc } from '../collections.ts';
import type { ConnectorLogRepository } from '../ports/connector-logs.ts';
import { fencedWrites } from './bulk.ts';
import { mappingErrors } from './errors.ts';
import { instant, ownTenant, whole } from './guards.ts';

export function createConnectorLogRepository({ connectorLogs }: Pick<Collections, 'connectorLogs'>): ConnectorLogRepository {
  return mappingErrors<ConnectorLogRepository>('connectorLogs', {
    async put(tenant, run, log) {
      const tenant_id = ownTenant(tenant);
      const run_id = runId(run);
      const attempt = whole('attempt', log.attempt);
      const facts = {
        run_id,
        attempt,
        lines: [...log.lines],
        dropped: whole('dropped', log.dropped),
        updated_at: instant('updated_at', log.updated_at),
      };
      const filter = { _id: `${tenant_id}:${run_id}`, tenant_id, attempt: { $lte: attempt } };
      // A later attempt's row has the `_id`, which the upsert runs into.
      return (
        (await fencedWrites<ConnectorLogDoc>(connectorLogs, [
          { upsert: { updateOne: { filter, update: { $set: facts }, upsert: true } } },
        ])) === 0
      );
    },

    async find(tenant, run) {
      const tenant_id = ownTenant(tenant);
      const row = await connectorLogs.findOne({ _id: `${tenant_id}:${runId(run)}`, tenant_id });
      return row === null ? null : { attempt: row.attempt, lines: row.lines, dropped: row.dropped, updated_at: row.updated_at };
    },

    sweep: async (before) => (await connectorLogs.deleteMany({ updated_at: { $lt: instant('before', before) } })).deletedCount,
  });
}
