/**
 * One Temporal schedule per scan scope (FLOW-04). The scope's row says what is wanted and Temporal is made to follow: `apply` is
 * idempotent, `drift` tells where the two differ, `repair` applies again. The one implementation behind the API, the pages and `sv0 scopes`.
 */
import type { Client } from '@temporalio/client';
import type { ScheduleDrift } from '../../api/administration.ts';
import { ConflictError, InvalidInputError } from '../../domain/errors.ts';
import type { ScopeId, TenantId } from '../../domain/ids.ts';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import { checkSchedule, nextTimes } from '../../domain/tenancy/schedule.ts';
import type { ScanScope, ScopeSchedule } from '../../domain/tenancy/types.ts';
import type { StartChain } from '../../storage/ports/index.ts';
import type { TaskQueues } from '../../workflows/messages.ts';
import { refuseInactive } from './run-control.ts';
import { createScheduleDrift } from './schedule-drift.ts';
import { mapped, unlessAbsent } from './schedule-errors.ts';
import { type Applied, createScheduleFollower } from './schedule-follow.ts';
import type { Storage } from './storage.ts';

export interface SchedulesDeps {
  readonly client: Client;
  readonly queues: TaskQueues;
  readonly storage: Pick<Storage, 'scopes' | 'tenants' | 'audit'>;
  readonly now: () => Date;
}

export interface ScopeRequest {
  readonly scope_id: ScopeId;
  /** What the caller believes: only compared, a mismatch is "not found" (CRED-05). */
  readonly tenant_hint: TenantId | null;
  /** Who asks, for the audit. */
  readonly by: string;
  /** The version of the row that the change was based on; left out does not ask. */
  readonly version?: number;
}

export interface Schedules {
  /** Null takes the schedule away. @throws InvalidInputError at the field, NotFoundError, TransientError */
  set(request: ScopeRequest, schedule: ScopeSchedule | null): Promise<Applied>;
  /** Makes Temporal follow the row as it is now. */
  apply(scope: ScopeId): Promise<Applied>;
  /** @throws InvalidInputError for an empty or endless note, ConflictError for a scope without a schedule */
  pause(request: ScopeRequest, note: string): Promise<Applied>;
  resume(request: ScopeRequest): Promise<Applied>;
  /** Starts a scheduled run now, under the same rules as at its time: a cooldown refuses it. @throws ConflictError for a scope without a schedule; InvalidInputError `SCOPE_NOT_ACTIVE` */
  triggerNow(request: ScopeRequest): Promise<void>;
  /** Ascending; with the spreading, when Temporal knows the schedule; none while it is paused. */
  nextTimes(scope: ScanScope, count: number): Promise<readonly Date[]>;
  drift(): Promise<readonly ScheduleDrift[]>;
  /** What was put right, each in its tenant's audit; in the platform's what belongs to no scope. */
  repair(by: string): Promise<readonly ScheduleDrift[]>;
}

const MAX_NOTE = 500;

export function createSchedules({ client, queues, storage, now }: SchedulesDeps): Schedules {
  const follower = createScheduleFollower({ client, queues, storage });
  const { apply, chainOf, describe, handleOf } = follower;
  const drift = createScheduleDrift({ client, queues, storage, follower });

  async function audited<T>(
    { by, ...what }: Pick<ScopeRequest, 'scope_id' | 'by'> | { readonly schedule_id: string; readonly by: string },
    tenant: TenantId,
    action: string,
    work: () => Promise<T>,
  ): Promise<T> {
    const subject = 'scope_id' in what ? { scope_id: what.scope_id } : { schedule_id: what.schedule_id };
    const entry = { action, actor: by, subject };
    await storage.audit.append(tenant, { ...entry, outcome: 'attempted' });
    const result = await work();
    await storage.audit.append(tenant, { ...entry, outcome: 'done' });
    return result;
  }

  async function scheduled(request: ScopeRequest): Promise<StartChain> {
    const chain = await chainOf(request.scope_id, request.tenant_hint);
    if ((chain.scope.schedule ?? null) !== null) return chain;
    throw new ConflictError('the scope has no schedule', { code: 'SCOPE_NOT_SCHEDULED', actor: 'operator', subject: request.scope_id });
  }

  return {
    apply,
    drift,

    set: async (request, schedule) => {
      const checked = schedule === null ? null : checkSchedule(schedule);
      const { tenant, scope } = await chainOf(request.scope_id, request.tenant_hint);
      return await audited(request, tenant._id, checked === null ? 'schedule_removed' : 'schedule_set', async () => {
        // Without a schedule there is nothing that is paused.
        await storage.scopes.update(
          tenant._id,
          scope._id,
          { schedule: checked, ...(checked === null ? { paused: null } : {}) },
          request.version,
        );
        try {
          return await apply(scope._id);
        } catch (error) {
          // Temporal refused it: nothing is changed.
          if (error instanceof InvalidInputError) {
            await storage.scopes.update(tenant._id, scope._id, {
              schedule: scope.schedule ?? null,
              paused: scope.paused ?? null,
              schedule_id: scope.schedule_id,
            });
          }
          throw error;
        }
      });
    },

    pause: async (request, note) => {
      if (note.trim() === '' || note.length > MAX_NOTE) {
        throw new InvalidInputError('the note is not valid', {
          code: 'INVALID_NOTE',
          field: 'note',
          expected: `why it is paused, in 1 to ${MAX_NOTE} characters`,
        });
      }
      const { tenant, scope } = await scheduled(request);
      return await audited(request, tenant._id, 'schedule_paused', async () => {
        await storage.scopes.update(tenant._id, scope._id, { paused: { note: note.trim(), by: request.by, at: now() } }, request.version);
        return await apply(scope._id);
      });
    },

    resume: async (request) => {
      const { tenant, scope } = await scheduled(request);
      return await audited(request, tenant._id, 'schedule_resumed', async () => {
        await storage.scopes.update(tenant._id, scope._id, { paused: null }, request.version);
        return await apply(scope._id);
      });
    },

    triggerNow: async (request) => {
      const chain = await scheduled(request);
      refuseInactive(chain);
      const { tenant, scope } = chain;
      await audited(request, tenant._id, 'schedule_triggered', async () => {
        await apply(scope._id);
        await mapped(() => handleOf(scope._id).trigger('SKIP'));
      });
    },

    nextTimes: async (scope, count) => {
      const schedule = scope.schedule ?? null;
      if (schedule === null || scope.status !== 'active' || (scope.paused ?? null) !== null) return [];
      const present = await mapped(() => describe(scope._id));
      const times = present?.info.nextActionTimes ?? [];
      return times.length === 0 ? nextTimes(schedule, scope._id, now(), count) : times.slice(0, count);
    },

    repair: async (by) => {
      const found = await drift();
      for (const { scope_id, tenant_id, schedule_id } of found) {
        if (scope_id !== null && tenant_id !== null) await audited({ scope_id, by }, tenant_id, 'schedule_repaired', () => apply(scope_id));
        else
          await audited({ schedule_id, by }, PLATFORM, 'schedule_repaired', () =>
            mapped(() => unlessAbsent(() => client.schedule.getHandle(schedule_id).delete())),
          );
      }
      return found;
    },
  };
}
