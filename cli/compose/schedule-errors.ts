/** What Temporal says about schedules, as errors of ours. */
import { isGrpcServiceError, ScheduleNotFoundError } from '@temporalio/client';
import { InvalidInputError, TransientError } from '../../domain/errors.ts';

const GRPC = { INVALID_ARGUMENT: 3, DEADLINE_EXCEEDED: 4, UNAVAILABLE: 14 } as const;

/** Null for a schedule that is not there. */
export async function unlessAbsent<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/** @throws InvalidInputError `SCHEDULE_REFUSED`, TransientError `TEMPORAL_UNAVAILABLE` */
export async function mapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = grpcCode(error);
    if (code === GRPC.INVALID_ARGUMENT) {
      throw new InvalidInputError('Temporal refuses this schedule', {
        code: 'SCHEDULE_REFUSED',
        field: 'schedule',
        expected: 'what the Temporal server accepts',
      });
    }
    if (code === GRPC.UNAVAILABLE || code === GRPC.DEADLINE_EXCEEDED)
      throw new TransientError('Temporal does not answer', { code: 'TEMPORAL_UNAVAILABLE' });
    throw error;
  }
}

/** The SDK wraps what the server said. */
function grpcCode(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : null;
}
