/**
 * One Temporal schedule per scan scope (FLOW-04). The scope's row says what is wanted and Temporal is made to follow: `apply` is
 * idempotent, `drift` tells where the two differ, `repair` applies again. The one implementation behind the API, the pages and `sv0 scopes`.
 */
import {
  type Client,
  isGrpcServiceError,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import type { ScheduleDrift } from '../../api/administration.ts';
import { ConflictError, InvalidInputError, NotFoundError, TransientError } from '../../domain/errors.ts';
import { type ScopeId, scopeId, type TenantId } from '../../domain/ids.ts';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import { checkSchedule, nextTimes } from '../../domain/tenancy/schedule.ts';
import type { ScanScope, ScopeSchedule } from '../../domain/tenancy/types.ts';
import type { StartChain } from '../../storage/ports/index.ts';
import { SCAN_SCHEDULE_PREFIX, scanScheduleId, type TaskQueues } from '../../workflows/messages.ts';
import { refuseInactive } from './run-control.ts';
import { differences, factsPresent, factsWanted, type WantedSchedule, wantedSchedule } from './schedule-spec.ts';
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

export type Applied = 'created' | 'updated' | 'deleted' | 'unchanged';

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
const MAX_LOOKS = 5;
const GRPC = { INVALID_ARGUMENT: 3, DEADLINE_EXCEEDED: 4, UNAVAILABLE: 14 } as const;

export function createSchedules({ client, queues, storage, now }: SchedulesDeps): Schedules {
  const handleOf = (scope: ScopeId) => client.schedule.getHandle(scanScheduleId(scope));

  async function chainOf(scope: ScopeId, hint: TenantId | null = null): Promise<StartChain> {
    const chain = await storage.scopes.findForStart(scopeId(scope));
    if (chain === null || chain.scope.kind !== 'scan' || (hint !== null && hint !== chain.tenant._id))
      throw new NotFoundError('scope', scope);
    return chain;
  }

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

async function unlessAbsent<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

async function mapped<T>(work: () => Promise<T>): Promise<T> {
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
