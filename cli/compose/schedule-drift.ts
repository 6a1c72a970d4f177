/** Where Temporal's schedules and the scopes' rows differ: every row is looked at, and every schedule of this deployment's queue. */
import type { ScheduleDrift } from '../../api/administration.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { ScanScope } from '../../domain/tenancy/types.ts';
import { SCAN_SCHEDULE_PREFIX, scanScheduleId } from '../../workflows/messages.ts';
import { mapped, unlessAbsent } from './schedule-errors.ts';
import type { FollowDeps, ScheduleFollower } from './schedule-follow.ts';
import { differences, factsPresent } from './schedule-spec.ts';
import type { Storage } from './storage.ts';

export interface DriftDeps extends Pick<FollowDeps, 'client' | 'queues'> {
  readonly storage: Pick<Storage, 'scopes' | 'tenants'>;
  readonly follower: ScheduleFollower;
}

export function createScheduleDrift({ client, queues, storage, follower }: DriftDeps): () => Promise<readonly ScheduleDrift[]> {
  const { chainOf, describe, wantedOf } = follower;

  async function driftOf(scope: ScanScope): Promise<ScheduleDrift | null> {
    const wanted = wantedOf(await chainOf(scope._id));
    const present = await describe(scope._id);
    const row = { schedule_id: scanScheduleId(scope._id), scope_id: scope._id, tenant_id: scope.tenant_id };
    if (wanted === null) return present === null && scope.schedule_id === null ? null : { ...row, drift: 'unwanted', differs: [] };
    if (present === null) return { ...row, drift: 'missing', differs: [] };
    const differs = [
      ...differences(wanted.facts, factsPresent(present)),
      ...(scope.schedule_id === row.schedule_id ? [] : ['schedule_id']),
    ];
    return differs.length === 0 ? null : { ...row, drift: 'changed', differs };
  }

  async function drift(): Promise<readonly ScheduleDrift[]> {
    return await mapped(async () => {
      const found: ScheduleDrift[] = [];
      const known = new Set<string>();
      for await (const scope of scanScopes()) {
        known.add(scanScheduleId(scope._id));
        const differs = await driftOf(scope);
        if (differs !== null) found.push(differs);
      }
      for await (const { scheduleId } of client.schedule.list()) {
        if (!scheduleId.startsWith(SCAN_SCHEDULE_PREFIX) || known.has(scheduleId)) continue;
        // Another deployment in this namespace has its own: ours serve our queue.
        const stray = await unlessAbsent(() => client.schedule.getHandle(scheduleId).describe());
        if (stray?.action.taskQueue === queues.pipeline)
          found.push({ schedule_id: scheduleId, scope_id: null, tenant_id: null, drift: 'unknown', differs: [] });
      }
      return found.sort((a, b) => (a.schedule_id < b.schedule_id ? -1 : 1));
    });
  }

  async function* scanScopes(): AsyncIterable<ScanScope> {
    let after: TenantId | undefined;
    for (;;) {
      const tenants = await storage.tenants.list({ limit: 1_000, ...(after === undefined ? {} : { after }) });
      for (const tenant of tenants) yield* await storage.scopes.list(tenant._id, { kind: 'scan' });
      after = tenants.at(-1)?._id;
      if (after === undefined) return;
    }
  }

  return drift;
}
