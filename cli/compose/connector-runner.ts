/** From a run's row chain to a boxed child: what `runConnector` is given as its runner. */
import type { ConnectorRunner } from '../../activities/collect.ts';
import type { ConnectorChecker } from '../../activities/test-connection.ts';
import { SCOPE_SCHEMA, type ScopeFile } from '../../connectors/contract/scope.ts';
import { resolveIsolation } from '../../connectors/driver/isolation/detect.ts';
import { withConnectorRun } from '../../connectors/driver/run-connector.ts';
import { DEFAULT_OUTPUT_LIMITS, type DriverDeps } from '../../connectors/driver/types.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { declaredVariables, plainVariables } from '../../domain/connectors/manifest.ts';
import type { CategoryResults } from '../../domain/runs/types.ts';
import { PersistentError } from '../../domain/errors.ts';
import type { ConnectorLogRepository } from '../../storage/ports/index.ts';
import { keepLog } from './connector-log.ts';
import type { Logger } from './logger.ts';

export interface ConnectorRunnerParts {
  readonly driver: DriverDeps;
  readonly registry: ConnectorRegistry;
  readonly logs: Pick<ConnectorLogRepository, 'put'>;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** Said before the first child and not again: the level is on every run and in `sv0 doctor`, and whoever starts a worker looks at neither. */
function createBoxWarning({ driver, logger }: Pick<ConnectorRunnerParts, 'driver' | 'logger'>): () => Promise<void> {
  let said = false;
  return async () => {
    if (said) return;
    const { level } = await resolveIsolation(driver.workRoot, driver.isolation);
    if (level === 'none')
      logger.warn(
        'connectors are not isolated on this host: a child can read the environment of this worker and of other runs; sv0 doctor says why',
      );
    said = true;
  };
}

/** The check mode of a connector: the same child, box and limits as a run's. Its log goes to the worker's log only. */
export function createConnectorChecker({
  driver,
  registry,
  logger,
}: Pick<ConnectorRunnerParts, 'driver' | 'registry' | 'logger'>): ConnectorChecker {
  const warnUnboxed = createBoxWarning({ driver, logger });
  return {
    check: async ({ instance, credential, categories, params, deadlineAt, signal }) => {
      await warnUnboxed();
      const { manifest, executable } = registry.get(instance.connector);
      const scope: ScopeFile = {
        schema: SCOPE_SCHEMA,
        run_id: 'connection-test',
        scope_id: 'connection-test',
        mode: 'check',
        connector: instance.connector,
        source_tenant: instance.source_tenant,
        categories: [...categories],
        config: { ...instance.config },
        params: { ...params },
        deadline_at: deadlineAt.toISOString(),
      };
      const child = logger.child({ instance: instance._id, connector: instance.connector, purpose: 'test' });
      return await withConnectorRun(
        driver,
        {
          executable,
          scope,
          bundle: credential.reveal(),
          allowedVariables: declaredVariables(manifest),
          plainVariables: plainVariables(manifest),
          limits: DEFAULT_OUTPUT_LIMITS,
          deadlineAt,
          signal,
          onHeartbeat: () => undefined,
          onLogLine: (line) => child.debug(line),
        },
        async ({ results }) => results as CategoryResults,
      );
    },
  };
}

export function createConnectorRunner({ driver, registry, logs, logger, now }: ConnectorRunnerParts): ConnectorRunner {
  const warnUnboxed = createBoxWarning({ driver, logger });
  return {
    run: async ({ chain, credential, attempt, deadlineAt, signal, onIsolated, onProgress }, use) => {
      const { run, scope, instance } = chain;
      if (instance === null) throw new PersistentError('the scope has no connector', { code: 'SCOPE_WITHOUT_INSTANCE', actor: 'engineer' });
      await warnUnboxed();
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
        deadline_at: deadlineAt.toISOString(),
      };
      const child = logger.child({ run: run._id, connector: instance.connector });
      const log = keepLog({
        logs,
        tenant: chain.tenant._id,
        run: run._id,
        attempt,
        now,
        onError: () => child.warn('the log of a run could not be kept'),
      });
      try {
        return await withConnectorRun(
          driver,
          {
            executable,
            scope: scopeFile,
            bundle: credential.reveal(),
            allowedVariables: declaredVariables(manifest),
            plainVariables: plainVariables(manifest),
            limits: DEFAULT_OUTPUT_LIMITS,
            deadlineAt,
            signal,
            onIsolated,
            onHeartbeat: onProgress,
            onLogLine: (line) => {
              child.debug(line);
              log.line(line);
            },
          },
          // The same shape: the schema of the file spells optional fields differently.
          (outcome) => use({ ...outcome, results: outcome.results as CategoryResults }),
        );
      } finally {
        await log.close();
      }
    },
  };
}
