/** Every write of an operator is recorded before and after; what cannot be recorded is not done. */
import { isDomainError } from '../../../domain/errors.ts';
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
  return async <T>({ tenant, action, by, subject }: Recorded, work: () => Promise<T>): Promise<T> => {
    const record = (outcome: AuditEntry['outcome'], more: AuditEntry['subject'] = {}) =>
      audit.append(tenant, { at: now(), action, outcome, actor: by, subject: { ...subject, ...more } });
    await record('attempted');
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await record('refused', { code: isDomainError(error) ? error.code : 'UNEXPECTED' });
      throw error;
    }
    // Outside: what is done and cannot be recorded so was not refused.
    await record('done');
    return result;
  };
}

/** Which fields an edit touches, for the record: names only. */
export const fieldsOf = (edit: object): readonly string[] =>
  Object.entries(edit)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .sort();
