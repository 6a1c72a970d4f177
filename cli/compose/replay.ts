/** Histories as files, and their replay against a workflow bundle (FLOW-06). */
import { basename } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { InvalidInputError } from '../../domain/errors.ts';
import { WORKFLOWS } from '../../workflows/messages.ts';
import { WORKFLOW_BUNDLE } from '../folders.ts';
import { createLogger, installTemporalLogger } from './logger.ts';

export type History = temporal.api.history.v1.IHistory;

export interface RecordedHistory {
  readonly workflowId: string;
  readonly history: History;
}

/** @throws InvalidInputError when the text is no history as Temporal's tools write it */
export function readHistory(text: string, file: string): RecordedHistory {
  const wrong = new InvalidInputError('the file holds no workflow history', {
    code: 'INVALID_HISTORY',
    field: basename(file),
    expected: 'a history as JSON, of `temporal workflow show --output json` or of the Temporal Web UI',
  });
  try {
    const history = historyFromJSON(JSON.parse(text));
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    if (started === undefined || started === null) throw wrong;
    return { workflowId: started.workflowId ?? basename(file, '.json'), history };
  } catch {
    throw wrong;
  }
}

/** @throws InvalidInputError `UNKNOWN_WORKFLOW` at `field` */
export function checkOurs(recorded: RecordedHistory, field: string): RecordedHistory {
  const ours: readonly string[] = Object.values(WORKFLOWS).sort();
  if (ours.includes(workflowTypeOf(recorded))) return recorded;
  throw new InvalidInputError('the history is of a workflow that is none of ours', {
    code: 'UNKNOWN_WORKFLOW',
    field,
    expected: `a history of one of ${ours.join(', ')}`,
  });
}

export const workflowTypeOf = ({ history }: RecordedHistory): string =>
  history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '?';

/**
 * @param bundle the workflow code; today's when it is left out
 * @returns null when the code takes the same way, else where it departs
 */
export async function replayHistory({ workflowId, history }: RecordedHistory, bundle: string = WORKFLOW_BUNDLE): Promise<string | null> {
  installTemporalLogger(createLogger('silent'));
  try {
    await Worker.runReplayHistory({ workflowBundle: { codePath: bundle } }, history, workflowId);
    return null;
  } catch (error) {
    if (error instanceof Error && (error.name === 'DeterminismViolationError' || error.name === 'ReplayError')) return error.message;
    throw error;
  }
}
