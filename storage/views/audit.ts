/** The audit log of one tenant as it is read: over the API and on the command line (CRED-08). */
import type { TenantId } from '../../domain/ids.ts';
import type { AuditRecord, Page, PageRequest, SeqPosition } from '../../domain/views/types.ts';
import { pageSize } from '../mongo/guards.ts';
import type { AuditAnchor, AuditRepository, AuditVerdict } from '../ports/audit.ts';
import { without } from './without.ts';

export function auditViews(audit: Pick<AuditRepository, 'list' | 'verify'>) {
  return {
    auditVerdict: (tenant: TenantId, anchor?: AuditAnchor): Promise<AuditVerdict> => audit.verify(tenant, anchor),
    auditRecords: async (
      tenant: TenantId,
      filter: { readonly action?: string },
      request: PageRequest<SeqPosition>,
    ): Promise<Page<AuditRecord, SeqPosition>> => {
      const limit = pageSize(request.limit, 50, 200);
      const rows = await audit.list(tenant, {
        ...filter,
        limit: limit + 1,
        ...(request.after === undefined ? {} : { before_seq: request.after.seq }),
      });
      const items = rows.slice(0, limit).map((row) => without(row, '_id'));
      return { items, next: rows.length > limit ? { seq: items.at(-1)?.seq ?? 0 } : null };
    },
  };
}
