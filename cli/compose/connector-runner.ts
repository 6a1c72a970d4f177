/** From a run's row chain to a boxed child: what `runConnector` is given as its runner. */
import type { ConnectorRunner } from '../../activities/collect.ts';
import { SCOPE_SCHEMA, type ScopeFile } from '../../connectors/contract/scope.ts';
import { withConnectorRun } from '../../connectors/driver/run-connector.ts';
import { DEFAULT_OUTPUT_LIMITS, type DriverDeps } from '../../connectors/driver/types.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { declaredVariables, plainVariables } from '../../domain/connectors/manifest.ts';
import type { CategoryResults } from '../../domain/runs/types.ts';
import { PersistentError } from '../../domain/errors.ts';
import type { Logger } from './logger.ts';

export function createConnectorRunner(driver: DriverDeps, registry: ConnectorRegistry, logger: Logger): ConnectorRunner {
  return {
    run: async ({ chain, credential, signal, onProgress }, use) => {
      const { run, scope, instance } = chain;
      if (instance === null) throw new PersistentError('the scope has no connector', { code: 'SCOPE_WITHOUT_INSTANCE', actor: 'engineer' });
      const { manifest, executable } = registry.get(instance.connector);
      const scopeFile: ScopeFile = {
        schema: SCOPE_SCHEMA,
        run_id: run._id,
        scope_id: scope._id,
        connector: instance.connector,
        source_tenant: instance.source_tenant,
        categories: [...scope.categories],
        config: { ...instance.config },
        params: { ...scope.params },
        deadline_at: run.deadline_at.toISOString(),
      };
      const child = logger.child({ run: run._id, connector: instance.connector });
      return await withConnectorRun(
        driver,
        {
          executable,
          scope: scopeFile,
          bundle: credential.reveal(),
          allowedVariables: declaredVariables(manifest),
          plainVariables: plainVariables(manifest),
          limits: DEFAULT_OUTPUT_LIMITS,
          deadlineAt: run.deadline_at,
          signal,
          onHeartbeat: onProgress,
          onLogLine: (line) => child.debug(line),
        },
        // The same shape: the schema of the file spells optional fields differently.
        (outcome) => use({ ...outcome, results: outcome.results as CategoryResults }),
      );
    },
  };
}
