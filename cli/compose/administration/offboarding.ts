/**
 * The end of a tenant. Its status comes first: from then on nothing is claimed, resolved or put. What follows can be repeated, so that an offboarding that
 * died goes on when it is asked for again: schedules go, runs are stopped, links and bindings are closed, and the data keys of its credentials are destroyed.
 */
import type { RunControl } from '../../../api/ports.ts';
import { ConflictError, NotFoundError } from '../../../domain/errors.ts';
import type { TenantId } from '../../../domain/ids.ts';
import type { Schedules } from '../schedules.ts';
import type { Storage } from '../storage.ts';
import { endBinding } from './bindings.ts';

export interface OffboardingParts {
  readonly storage: Pick<Storage, 'scopes' | 'intake' | 'bindings'>;
  readonly schedules: Pick<Schedules, 'apply'>;
  readonly control: Pick<RunControl, 'cancel'>;
  readonly credentials: { destroyTenant(tenant: TenantId, by: string): Promise<number> };
  readonly now: () => Date;
}

/** How many of each there were this time: a repetition finds none. */
export interface Offboarded {
  readonly schedules_removed: number;
  readonly runs_stopped: number;
  readonly intake_links_closed: number;
  readonly bindings_revoked: number;
  readonly credentials_destroyed: number;
}

/** After the tenant's status says so. @throws PersistentError `TENANT_STILL_ACTIVE` before anything is destroyed; TransientError */
export async function endTenant(parts: OffboardingParts, tenant: TenantId, by: string): Promise<Offboarded> {
  // The keys first: the rest is tidiness beside them.
  const credentials_destroyed = await parts.credentials.destroyTenant(tenant, by);
  const intake_links_closed = await parts.storage.intake.revokeAll(tenant, parts.now());
  let [schedules_removed, runs_stopped] = [0, 0];
  for (const { _id, kind, in_flight } of await parts.storage.scopes.list(tenant)) {
    if (kind === 'scan' && (await parts.schedules.apply(_id)) === 'deleted') schedules_removed += 1;
    if (in_flight === null) continue;
    try {
      await parts.control.cancel({ run_id: in_flight.run, tenant_hint: tenant, source: 'cli', user_id: by });
      runs_stopped += 1;
    } catch (error) {
      // Over meanwhile, or a claim whose run was never written: the reaper's.
      if (!(error instanceof ConflictError) && !(error instanceof NotFoundError)) throw error;
    }
  }
  let bindings_revoked = 0;
  for (const { instance_id } of await parts.storage.bindings.list(tenant))
    if (await endBinding(parts, tenant, instance_id)) bindings_revoked += 1;
  return { schedules_removed, runs_stopped, intake_links_closed, bindings_revoked, credentials_destroyed };
}
