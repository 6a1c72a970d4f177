/** Findings of a tenant: most severe first, then newest. */
import type { Filter } from 'mongodb';
import type { FindingStatus } from '../../domain/findings/types.ts';
import type { TenantId } from '../../domain/ids.ts';
import { SEVERITIES, type Severity } from '../../domain/rules/types.ts';
import type { FindingPosition, FindingView, Page, PageRequest } from '../../domain/views/types.ts';
import type { Collections, FindingDoc } from '../collections.ts';
import { oneOf, ownTenant, pageSize, text, whole } from '../mongo/guards.ts';
import { newestFirst } from './windows.ts';
import { without } from './without.ts';

const STATUSES = ['open', 'resolved'] as const satisfies readonly FindingStatus[];

export interface FindingFilter {
  readonly status?: FindingStatus;
  readonly severity?: Severity;
  readonly rule_id?: string;
}

export function findingViews({ findings }: Pick<Collections, 'findings'>, now: () => Date) {
  const finding = async (tenant: TenantId, id: string): Promise<FindingView | null> => {
    const tenant_id = ownTenant(tenant);
    const doc = await findings.findOne({ _id: `${tenant_id}:${text('finding', id)}`, tenant_id });
    return doc === null ? null : viewOf(doc);
  };

  async function ofSeverity(
    filter: Filter<FindingDoc>,
    tenant: TenantId,
    severity: Severity,
    limit: number,
    after: FindingPosition | undefined,
  ) {
    return newestFirst<FindingDoc>({
      fetch: (at, idBefore, most) =>
        findings
          .find({
            ...filter,
            severity,
            opened_at: at,
            ...(idBefore === null ? {} : { _id: { $lt: `${tenant}:${text('after', idBefore)}` } }),
          } as Filter<FindingDoc>)
          .sort({ opened_at: -1, _id: -1 })
          .limit(most)
          .toArray(),
      limit,
      now: now(),
      ...(after === undefined ? {} : { after }),
    });
  }

  return {
    finding,

    async findings(
      tenant: TenantId,
      asked: FindingFilter,
      request: PageRequest<FindingPosition>,
    ): Promise<Page<FindingView, FindingPosition>> {
      const tenant_id = ownTenant(tenant);
      const limit = pageSize(request.limit, 50, 200);
      const filter: Filter<FindingDoc> = {
        tenant_id,
        ...(asked.status === undefined ? {} : { status: oneOf('status', asked.status, STATUSES) }),
        ...(asked.rule_id === undefined ? {} : { rule_id: text('rule_id', asked.rule_id) }),
      };
      const from = request.after === undefined ? 0 : SEVERITIES.indexOf(oneOf('after.severity', request.after.severity, SEVERITIES));
      const wanted = SEVERITIES.slice(from).filter((severity) => asked.severity === undefined || severity === asked.severity);
      const rows: FindingDoc[] = [];
      for (const severity of wanted) {
        if (rows.length > limit) break;
        rows.push(
          ...(await ofSeverity(
            filter,
            tenant_id,
            severity,
            limit + 1 - rows.length,
            severity === request.after?.severity ? request.after : undefined,
          )),
        );
      }
      const items = rows.slice(0, limit).map(viewOf);
      const last = items.at(-1);
      const next =
        rows.length > limit && last !== undefined ? { severity: last.severity, at: last.opened_at.toISOString(), id: last.id } : null;
      return { items, next };
    },

    async urgentFindings(tenants: readonly TenantId[], limit: number) {
      const most = Math.max(1, whole('limit', limit));
      const open = async (tenant: TenantId, severity: Severity): Promise<number> =>
        findings.countDocuments({ tenant_id: ownTenant(tenant), status: 'open', severity }, { limit: most });
      return Promise.all(
        tenants.map(async (tenant) => {
          const [critical, high] = await Promise.all([open(tenant, 'critical'), open(tenant, 'high')]);
          return { tenant_id: tenant, critical, high };
        }),
      );
    },
  };
}

const viewOf = (doc: FindingDoc): FindingView => without(doc, '_id', 'content_hash', 'pass', 'changed_pass', 'change');
