import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { toTemporalFailure } from '../../activities/failures.ts';
import { temporalLog } from '../../cli/compose/temporal-log.ts';
import { PersistentError, TransientError } from '../../domain/errors.ts';
import { COMPUTING_BUSY } from '../../domain/runs/failure.ts';

/** As the SDK hands it over for an activity (`activityLogAttributes`). */
const META = {
  sdkComponent: 'worker',
  namespace: 'default',
  taskToken: 'c2VjcmV0',
  activityId: '3',
  activityType: 'runConnector',
  attempt: 2,
  taskQueue: 'connectors',
  workflowType: 'scan',
  workflowId: 'scan/acme/acme-aws-all',
  workflowRunId: 'r1',
  durationMs: 12,
};

function said(error: unknown): Record<string, unknown> {
  let line = '';
  temporalLog(pino({ base: null, timestamp: false }, { write: (text) => (line = text) })).warn('Activity failed', { ...META, error });
  return JSON.parse(line) as Record<string, unknown>;
}

it('the line of an activity that failed says where it happened and with which code', () => {
  const failure = new PersistentError('the connector wrote more than its limit', { code: 'CONNECTOR_OUTPUT_TOO_LARGE', actor: 'operator' });
  expect(said(toTemporalFailure(failure))).toEqual({
    level: 40,
    sdk: 'worker',
    workflowType: 'scan',
    workflowId: 'scan/acme/acme-aws-all',
    workflowRunId: 'r1',
    activityType: 'runConnector',
    attempt: 2,
    taskQueue: 'connectors',
    durationMs: 12,
    failure: 'CONNECTOR_OUTPUT_TOO_LARGE',
    msg: 'Activity failed',
  });
});

it('CRED-07: no message of an error that others wrote, no stack and no task token comes into the log', () => {
  for (const error of [
    new TypeError('token hunter2-hunter2 is not valid'),
    ApplicationFailure.create({ message: 'hunter2-hunter2', details: ['hunter2-hunter2'] }),
  ]) {
    const line = JSON.stringify(said(error));
    expect(line).not.toMatch(/hunter2|c2VjcmV0|\.ts/);
    expect(line).toContain(`"failure":"${error.name}"`);
  }
});

it('FLOW-05: a worker without a free thread is no failure to see: the SDK tells it as detail', () => {
  const busy = toTemporalFailure(new TransientError(COMPUTING_BUSY.message, COMPUTING_BUSY));
  expect(busy).toMatchObject({ type: 'TransientError', category: ApplicationFailureCategory.BENIGN });
  const away = toTemporalFailure(new TransientError('the database does not answer', { code: 'DATABASE_UNAVAILABLE' }));
  expect(away).not.toMatchObject({ category: ApplicationFailureCategory.BENIGN });
});
