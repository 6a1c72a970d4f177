/** Every write of an operator is recorded before and after; what cannot be recorded is not done. */
import { audited } from '../../../broker/audited.ts';
import type { AuditLog } from '../../../broker/credential-broker.ts';
import type { TenantId } from '../../../domain/ids.ts';
import type { AuditEntry, AuditRepository } from '../../../storage/ports/audit.ts';

export interface Recorded {
  readonly tenant: TenantId;
  /** `scope.edited`. */
  readonly action: string;
  readonly by: string;
  /** Names and ids, never values. */
  readonly subject: AuditEntry['subject'];
}

export type Audited = <T>(what: Recorded, work: () => Promise<T>) => Promise<T>;

export function createAudited(audit: Pick<AuditRepository, 'append'>, now: () => Date): Audited {
  const log: AuditLog = { append: (tenant, entry) => audit.append(tenant, { at: now(), ...entry }) };
  return ({ by, ...what }, work) => audited(log, { ...what, actor: by }, work);
}

/** Which fields an edit touches, for the record: names only. */
export const fieldsOf = (edit: object): readonly string[] =>
  Object.entries(edit)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .sort();
