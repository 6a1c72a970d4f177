/** Every change of what lets us in is recorded before and after it. What cannot be recorded is not begun, and a crash between leaves the attempt. */
import { isDomainError } from '../domain/errors.ts';
import type { TenantId } from '../domain/ids.ts';
import type { AuditLog } from './credential-broker.ts';

type Entry = Parameters<AuditLog['append']>[1];

export interface Change extends Pick<Entry, 'action' | 'actor'> {
  readonly tenant: TenantId;
  /** Names and ids, never values. */
  readonly subject: Entry['subject'];
}

/** @param told what the record of its end says beside the subject */
export async function audited<T>(
  audit: AuditLog,
  { tenant, action, actor, subject }: Change,
  work: () => Promise<T>,
  told: (result: T) => Entry['subject'] = () => ({}),
): Promise<T> {
  const record = (outcome: Entry['outcome'], more: Entry['subject']) =>
    audit.append(tenant, { action, outcome, actor, subject: { ...subject, ...more } });
  await record('attempted', {});
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await record('refused', { code: isDomainError(error) ? error.code : 'UNEXPECTED' });
    throw error;
  }
  // Outside: what is done and cannot be recorded so was not refused.
  await record('done', told(result));
  return result;
}
