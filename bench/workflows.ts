/** What the pipeline's workflows are compared with: the same shape of workflows and activities, and no work in them. */
import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { inWindow } from '../workflows/in-window.ts';

interface BareActivities {
  nothing(): Promise<void>;
  child(): Promise<void>;
}

const { nothing, child } = proxyActivities<BareActivities>({ startToCloseTimeout: '1m' });

/** As many activities as a scan and its pass have, one after the other, in one workflow. */
export async function bare(activities: number): Promise<void> {
  for (let done = 0; done < activities; done += 1) await nothing();
}

/** As a scan: a child process among its activities, and a second workflow that does the pass. */
export async function peer(own: number, ofThePass: number): Promise<void> {
  await child();
  for (let done = 1; done < own; done += 1) await nothing();
  await executeChild(bare, { args: [ofThePass], workflowId: `${workflowInfo().workflowId}/pass` });
}

/** As the gate: batches of a hundred leaves, eight batches in flight, six leaves in each. */
export async function bareTree(leaves: number, own: number, ofThePass: number): Promise<void> {
  const batches = Array.from({ length: Math.ceil(leaves / 100) }, (_, index) => Math.min(100, leaves - index * 100));
  await inWindow(batches, 8, (size) => executeChild(bareBatch, { args: [size, own, ofThePass] }));
}

export async function bareBatch(leaves: number, own: number, ofThePass: number): Promise<void> {
  await inWindow(Array.from({ length: leaves }), 6, () => executeChild(bareLeaf, { args: [own, ofThePass] }));
}

export async function bareLeaf(own: number, ofThePass: number): Promise<void> {
  await bare(own);
  await executeChild(bare, { args: [ofThePass] });
}
