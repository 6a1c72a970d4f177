import type { IntakeLink } from '../../domain/credentials/intake.ts';
import type { InstanceId, TenantId } from '../../domain/ids.ts';

/** A token's digest stands for its link: the row says whose it is. */
export interface IntakeRepository {
  insert(
    tenant: TenantId,
    link: Pick<IntakeLink, 'id' | 'instance_id' | 'kind' | 'code_hash' | 'created_by' | 'created_at' | 'expires_at'>,
  ): Promise<void>;
  /** Of one tenant, newest first; at most 200. */
  list(tenant: TenantId): Promise<readonly IntakeLink[]>;
  /** Null unless it was open. */
  revoke(tenant: TenantId, id: string, now: Date): Promise<IntakeLink | null>;
  /** Of the whole tenant when it is offboarded, or of one connection that goes: how many were open. */
  revokeAll(tenant: TenantId, now: Date, instance?: InstanceId): Promise<number>;
  /** Null unless it is open now. */
  findOpen(id: string, now: Date): Promise<IntakeLink | null>;
  /** Counts one submission before its code is looked at. Null unless it is open and has one left. */
  spend(id: string, most: number, now: Date): Promise<IntakeLink | null>;
  /** One compare-and-set: true for one caller only, ever. */
  consume(id: string, now: Date): Promise<boolean>;
}
