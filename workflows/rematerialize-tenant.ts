/** A leaf of the gate's tree: one tenant's `deploy_gate` run (GATE-04, RUN-16), derived by the tenant's coordinator like every other. */
import { patched, setCurrentDetails, sleep } from '@temporalio/workflow';
import { gateCells } from '../domain/gate/stages.ts';
import type { TenantId } from '../domain/ids.ts';
import type { ScanResult, Trigger } from '../domain/runs/types.ts';
import type { OpenGateRunInput, OpenRunResult } from '../activities/inputs.ts';
import { joinDerivation } from './join-derivation.ts';
import type { GateLeafInput } from './messages.ts';
import { openRun } from './open-run.ts';
import { ledger, scheduledBy, thisRun } from './options.ts';
import { pipelineRun } from './pipeline-run.ts';

/** Another gate holds the tenant's row: its leaf takes seconds. */
const WAIT_SECONDS = [1, 2, 4, 8, 15, 30] as const;
const GIVE_UP_MS = 60 * 60 * 1_000;

export async function rematerializeTenant(input: GateLeafInput): Promise<ScanResult> {
  const opened = await claim(input);
  if (!opened.claimed) return opened.refusal;
  return await pipelineRun(opened, joinDerivation);
}

/** A refused leaf waits and claims again (RUN-13): the running one may have read the graph before the deploy. */
async function claim({ gate_id, tenant_id, stages, started_by }: GateLeafInput): Promise<OpenRunResult> {
  const trigger: Trigger = { type: 'deploy_gate', source: `gate:${gate_id}`, triggered_by_user_id: started_by };
  const claim = { ...thisRun(), scheduled_by: scheduledBy(), trigger, cells: gateCells(stages) };
  const tryOnce = patched('open-gate-run') ? () => ledger.openGateRun({ ...claim, tenant_id }) : await inTwoSteps(tenant_id, claim);
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (let wait = 0; ; wait += 1) {
    const opened = await openRun(tryOnce);
    if (opened.claimed || opened.refusal.refused !== 'in_flight' || Date.now() >= giveUpAt) return opened;
    setCurrentDetails(`waiting for run ${opened.refusal.holder ?? ''}`);
    await sleep((WAIT_SECONDS[Math.min(wait, WAIT_SECONDS.length - 1)] ?? 30) * 1_000);
  }
}

/** How a leaf began before `open-gate-run`. */
async function inTwoSteps(tenant_id: TenantId, claim: Omit<OpenGateRunInput, 'tenant_id'>): Promise<() => Promise<OpenRunResult>> {
  const { scope_id } = await ledger.ensureGateScope({ tenant_id });
  return () => ledger.openRun({ ...claim, kind: 'gate', scope_id, override_cooldown: true });
}
