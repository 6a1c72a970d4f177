/** Makes Temporal follow one scope's row: what the row wants, what is there, and the one write that is missing. Idempotent. */
import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import { NotFoundError } from '../../domain/errors.ts';
import { type ScopeId, scopeId, type TenantId } from '../../domain/ids.ts';
import type { StartChain } from '../../storage/ports/index.ts';
import { scanScheduleId, type TaskQueues } from '../../workflows/messages.ts';
import { mapped, unlessAbsent } from './schedule-errors.ts';
import { differences, factsPresent, type ScheduleFacts, factsWanted, type WantedSchedule, wantedSchedule } from './schedule-spec.ts';
import type { Storage } from './storage.ts';

export type Applied = 'created' | 'updated' | 'deleted' | 'unchanged';

export interface FollowDeps {
  readonly client: Client;
  readonly queues: TaskQueues;
  readonly storage: Pick<Storage, 'scopes'>;
}

export interface ScheduleFollower {
  handleOf(scope: ScopeId): ScheduleHandle;
  /** @param hint what the caller believes: only compared. @throws NotFoundError */
  chainOf(scope: ScopeId, hint?: TenantId | null): Promise<StartChain>;
  /** Null when there is none. */
  describe(scope: ScopeId): Promise<ScheduleDescription | null>;
  /** Null when the row wants none. */
  wantedOf(chain: StartChain): { readonly options: WantedSchedule; readonly facts: ScheduleFacts } | null;
  apply(scope: ScopeId): Promise<Applied>;
}

const MAX_LOOKS = 5;

export function createScheduleFollower({ client, queues, storage }: FollowDeps): ScheduleFollower {
  const handleOf = (scope: ScopeId) => client.schedule.getHandle(scanScheduleId(scope));

  async function chainOf(scope: ScopeId, hint: TenantId | null = null): Promise<StartChain> {
    const chain = await storage.scopes.findForStart(scopeId(scope));
    if (chain === null || chain.scope.kind !== 'scan' || (hint !== null && hint !== chain.tenant._id))
      throw new NotFoundError('scope', scope);
    return chain;
  }

  const describe = (scope: ScopeId): Promise<ScheduleDescription | null> => unlessAbsent(() => handleOf(scope).describe());

  /**
   * Who wrote looks again: somebody may have changed the row between our look at it and our write, and followed it before us. So the last write to
   * Temporal is of the last row, and a pause is not undone by a change that began before it.
   */
  async function apply(scope: ScopeId): Promise<Applied> {
    const applied = await follow(scope);
    for (let looks = 1, last = applied; last !== 'unchanged' && looks < MAX_LOOKS; looks += 1) last = await follow(scope);
    return applied;
  }

  async function follow(scope: ScopeId): Promise<Applied> {
    return await mapped(async () => {
      const chain = await chainOf(scope);
      const wanted = wantedOf(chain);
      const schedule_id = wanted === null ? null : scanScheduleId(scope);
      // The row first: until Temporal follows, what it starts of an old schedule is refused.
      if (chain.scope.schedule_id !== schedule_id) await storage.scopes.update(chain.tenant._id, scope, { schedule_id });
      const present = await describe(scope);
      if (wanted === null) {
        if (present === null) return 'unchanged';
        await unlessAbsent(() => handleOf(scope).delete());
        return 'deleted';
      }
      if (present === null && (await create(scope, wanted.options))) return 'created';
      if (present !== null && differences(wanted.facts, factsPresent(present)).length === 0) return 'unchanged';
      await handleOf(scope).update(() => wanted.options as ScheduleUpdateOptions);
      return 'updated';
    });
  }

  /** False when someone else was faster. */
  async function create(scope: ScopeId, options: WantedSchedule): Promise<boolean> {
    try {
      await client.schedule.create({ ...options, scheduleId: scanScheduleId(scope) });
      return true;
    } catch (error) {
      if (error instanceof ScheduleAlreadyRunning) return false;
      throw error;
    }
  }

  function wantedOf({ scope, tenant }: StartChain) {
    const schedule = scope.schedule ?? null;
    // Nothing starts by itself for a tenant that is suspended or gone; the row keeps what is wanted.
    if (schedule === null || scope.status !== 'active' || tenant.status !== 'active') return null;
    const options = wantedSchedule(scope, schedule, tenant, queues);
    return { options, facts: factsWanted(options, schedule) };
  }

  return { handleOf, chainOf, describe, wantedOf, apply };
}
