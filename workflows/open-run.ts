/** The first step of every run. Until it is known whether there is a run, a cancel has nothing that it could end. */
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { OpenRunResult } from '../activities/inputs.ts';

/**
 * @param claim may be repeated: under the same run id it gives the same run. One that was under way when the cancel came may have claimed the
 * scope, so it is asked again, and the run is then ended as cancelled; left alone, the reaper would call it an orphan.
 */
export async function openRun(claim: () => Promise<OpenRunResult>): Promise<OpenRunResult> {
  try {
    return await claim();
  } catch (error) {
    if (!isCancellation(error) || !patched('cancelled-while-opening')) throw error;
    return await CancellationScope.nonCancellable(claim);
  }
}
