import type { FindingAdmin } from '../../../api/administration.ts';
import { InvalidInputError } from '../../../domain/errors.ts';
import { TENANCY_LIMITS } from '../../../domain/tenancy/limits.ts';
import type { AdministrationParts } from './parts.ts';

const DAY_MS = 86_400_000;

export function createFindingAdmin({ storage, audited, now }: AdministrationParts): FindingAdmin {
  function checked({ reason, until }: { readonly reason: string; readonly until: Date }): { reason: string; until: string } {
    const { reason: most, suppressionDays } = TENANCY_LIMITS;
    const text = reason.trim();
    if (text === '' || text.length > most)
      throw new InvalidInputError('the reason is not valid', {
        code: 'INVALID_REASON',
        field: 'reason',
        expected: `why it is suppressed, in 1 to ${most} characters`,
      });
    const ahead = until.getTime() - now().getTime();
    if (!(ahead > 0 && ahead <= suppressionDays * DAY_MS))
      throw new InvalidInputError('the end of the suppression is not valid', {
        code: 'INVALID_UNTIL',
        field: 'until',
        expected: `a time in the future, at most ${suppressionDays} days ahead`,
      });
    return { reason: text, until: until.toISOString() };
  }

  return {
    suppress: async (tenant, finding, why, by) => {
      const suppression = { ...checked(why), author: by };
      const { rule_id } = await storage.findings.get(tenant, finding);
      const subject = { finding_id: finding, rule_id, until: suppression.until };
      return await audited({ tenant, action: 'finding.suppressed', by, subject }, () =>
        storage.findings.suppress(tenant, finding, suppression),
      );
    },
    unsuppress: async (tenant, finding, by) => {
      const { rule_id } = await storage.findings.get(tenant, finding);
      return await audited({ tenant, action: 'finding.unsuppressed', by, subject: { finding_id: finding, rule_id } }, () =>
        storage.findings.suppress(tenant, finding, null),
      );
    },
  };
}
