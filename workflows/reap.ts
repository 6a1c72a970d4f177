/** One sweep of the reaper (RUN-14): started by its schedule every five minutes, or by hand. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { ReapResult } from '../activities/reap.ts';
import { reaper } from './options.ts';

export async function reap(): Promise<ReapResult> {
  const result = await reaper.reap();
  setCurrentDetails(
    `${result.looked_at} looked at: ${result.orphaned} orphaned, ${result.overdue} overdue, ${result.terminated} workflows without a run`,
  );
  return result;
}
