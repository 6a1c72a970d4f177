/** The time-skipping server with what our workflows need of a namespace. One environment per file, one workflow at a time. */
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { toTemporalFailure } from '../../activities/failures.ts';
import { createLogger, installTemporalLogger } from '../../cli/compose/logger.ts';
import { WORKFLOW_BUNDLE } from '../../cli/folders.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';

const KEYWORD = temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

export async function openTimeSkipping(): Promise<TestWorkflowEnvironment> {
  installTemporalLogger(createLogger('error'));
  const path = process.env['SV0_TEST_TIME_SKIPPING_SERVER'];
  if (path === undefined) throw new Error('SV0_TEST_TIME_SKIPPING_SERVER is not set: run the tests with npm test');
  const environment = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace ?? 'default',
    searchAttributes: Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD])),
  });
  return environment;
}

export const TEST_QUEUE = 'test';

/** One worker for both queues, with the real mapping of errors. */
export function createTestWorker(
  environment: TestWorkflowEnvironment,
  activities: NonNullable<WorkerOptions['activities']>,
  taskQueue: string = TEST_QUEUE,
): Promise<Worker> {
  return Worker.create({
    connection: environment.nativeConnection,
    namespace: environment.namespace ?? 'default',
    taskQueue,
    workflowBundle: { codePath: WORKFLOW_BUNDLE },
    activities,
    interceptors: {
      activity: [
        () => ({
          inbound: {
            execute: (input, next) =>
              next(input).catch((error: unknown) => {
                throw toTemporalFailure(error);
              }),
          },
        }),
      ],
    },
  });
}
