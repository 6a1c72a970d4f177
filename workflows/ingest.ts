/** The same pipeline from sync on, for a graph that was handed to the API (API-01, RUN-16). */
import { joinDerivation } from './join-derivation.ts';
import type { IngestInput, ScanResult } from './messages.ts';
import { openRun } from './open-run.ts';
import { ledger, persist, scheduledBy, thisRun } from './options.ts';
import { pipelineRun } from './pipeline-run.ts';

export async function ingest(input: IngestInput): Promise<ScanResult> {
  const { scope_id, trigger, artifact, complete } = input;
  const claim = { ...thisRun(), scheduled_by: scheduledBy(), kind: 'ingest', scope_id, trigger, override_cooldown: true } as const;
  const opened = await openRun(() => ledger.openRun(claim));
  if (!opened.claimed) return opened.refusal;
  return await pipelineRun(opened, async (run) => {
    const synced = await run.stage('stage', 'syncGraph', (at, queue) => persist(queue).syncGraph({ ...at, artifact, complete }));
    run.counted(`${synced.entities_upserted} entities upserted`);
    await joinDerivation(run);
  });
}
