/** One run of one scan scope (FLOW-01). Reads as a table of contents; what each line does is in `activities/`. */
import { joinDerivation } from './join-derivation.ts';
import type { ScanInput, ScanResult } from './messages.ts';
import { openRun } from './open-run.ts';
import { collect, ledger, persist, preflight, scheduledBy, thisRun } from './options.ts';
import { type OpenedRun, pipelineRun } from './pipeline-run.ts';

export async function scan(input: ScanInput): Promise<ScanResult> {
  const { scope_id, trigger, override_cooldown } = input;
  const claim = { ...thisRun(), scheduled_by: scheduledBy(), kind: 'scan', scope_id, trigger, override_cooldown } as const;
  const opened = await openRun(() => ledger.openRun(claim));
  if (!opened.claimed) return opened.refusal;
  return await pipelineRun(opened, (run) => scanStages(run, input));
}

async function scanStages(run: OpenedRun, { queues }: ScanInput): Promise<void> {
  await run.stage('preflight', 'resolveCredentials', (at) => preflight(queues.connectors).resolveCredentials(at));
  const collected = await run.stage('connector', 'runConnector', (at) => collect(queues.connectors, run.deadlineAt).runConnector(at), {
    timeoutIsBudget: true,
  });
  if (collected.all_failed) return;
  const synced = await run.stage('stage', 'syncGraph', (at, queue) => persist(queue).syncGraph({ ...at, artifact: collected.artifact }));
  run.counted(`${synced.entities_upserted} entities upserted`);
  await joinDerivation(run);
}
