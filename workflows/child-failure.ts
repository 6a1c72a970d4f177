/** Why a child workflow ended badly, in words that its own failure gave: never a stack, never data. */
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';
import type { StageFailure } from '../domain/runs/failure.ts';

export function childFailure(error: unknown): string {
  let cause: unknown = error;
  while ((cause instanceof ChildWorkflowFailure || cause instanceof ActivityFailure) && cause.cause !== undefined) cause = cause.cause;
  if (!(cause instanceof ApplicationFailure)) return cause instanceof Error ? cause.name : 'UNEXPECTED';
  return (cause.details?.[0] as StageFailure | undefined)?.code ?? cause.type ?? 'UNEXPECTED';
}
