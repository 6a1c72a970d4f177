/** The findings of one tenant, most severe first; without a tenant, the choice of one (API-05: there is no "all"). */
import { SEVERITIES } from '../../domain/rules/types.ts';
import type { FindingView } from '../../domain/views/types.ts';
import { type Option, Pager, Select, TextField } from '../components/form.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { SeverityMark } from '../components/marks.tsx';
import { Name, Time } from '../components/text.tsx';
import { count } from '../format.ts';
import { findingLink, findingsLink } from '../links.ts';

export interface FindingsModel {
  readonly frame: PageFrame;
  readonly tenant: string;
  readonly tenant_name: string | null;
  readonly filter: { readonly status: 'open' | 'resolved'; readonly severity: string | undefined; readonly rule: string | undefined };
  readonly rows: readonly FindingView[];
  readonly paged: boolean;
  readonly next_cursor: string | null;
  readonly now: Date;
}

export function FindingsPage(model: FindingsModel) {
  const query = { tenant: model.tenant, ...model.filter };
  return (
    <Layout frame={model.frame}>
      <h1>
        Findings of <Name text={model.tenant_name ?? model.tenant} />
      </h1>
      <form class="filters" method="get" action={findingsLink()} aria-label="Filters">
        <input type="hidden" name="tenant" value={model.tenant} />
        <Select
          name="severity"
          label="Severity"
          any="any"
          value={model.filter.severity}
          options={SEVERITIES.map((severity) => ({ value: severity, label: severity }))}
        />
        <Select name="status" label="Status" any="open" value={model.filter.status} options={[{ value: 'resolved', label: 'resolved' }]} />
        <TextField name="rule" label="Rule id" value={model.filter.rule} />
        <button type="submit">Filter</button>
        <a href={findingsLink()}>Other tenant</a>
      </form>
      {model.rows.length === 0 ? <Empty model={model} /> : null}
      <ol class="findings">
        {model.rows.map((finding) => (
          <li>
            <FindingItem finding={finding} now={model.now} />
          </li>
        ))}
      </ol>
      <Pager
        what="findings"
        first={model.paged ? findingsLink(query) : null}
        next={model.next_cursor === null ? null : findingsLink({ ...query, cursor: model.next_cursor })}
      />
    </Layout>
  );
}

function Empty({ model }: { model: FindingsModel }) {
  if (model.paged) return <p class="empty">There are no more findings.</p>;
  if (model.filter.severity !== undefined || model.filter.rule !== undefined) return <p class="empty">No finding matches these filters.</p>;
  if (model.filter.status === 'resolved')
    return (
      <p class="empty">
        Nothing has been resolved yet. A finding moves here when a later pass no longer finds it in what was read completely.
      </p>
    );
  return (
    <p class="empty">
      No open finding. Findings appear here after a scan’s derivation pass has evaluated the rules; what was not read is not evaluated.
    </p>
  );
}

function FindingItem({ finding, now }: { finding: FindingView; now: Date }) {
  const suppressed = finding.suppression !== null && Date.parse(finding.suppression.until) > now.getTime();
  return (
    <article class="finding">
      <SeverityMark severity={finding.severity} />
      <div>
        <h2>
          <a href={findingLink(finding.tenant_id, finding.id)}>
            <Name text={finding.title} />
          </a>
        </h2>
        <p>
          <Name text={finding.subject_name} />{' '}
          <span class="quiet">
            in <Name text={finding.source_system} limit={32} />
          </span>
        </p>
        <p class="quiet">
          {finding.resolved_at === null ? 'open since ' : 'resolved '}
          <Time at={finding.resolved_at ?? finding.reopened_at ?? finding.opened_at} now={now} />, rule{' '}
          <Name text={finding.rule_id} limit={64} />
          {suppressed ? ', suppressed' : ''}
        </p>
      </div>
    </article>
  );
}

export interface TenantChoiceModel {
  readonly frame: PageFrame;
  readonly tenants: readonly (Option & { readonly critical: number; readonly high: number })[];
  /** Counts stop here. */
  readonly limit: number;
  readonly next: string | null;
}

export function TenantChoicePage(model: TenantChoiceModel) {
  return (
    <Layout frame={model.frame}>
      <h1>Findings: choose a tenant</h1>
      {model.tenants.length === 0 ? <p class="empty">There is no active tenant yet.</p> : null}
      <ul class="tenants">
        {model.tenants.map((tenant) => (
          <li>
            <a href={findingsLink({ tenant: tenant.value })}>
              <Name text={tenant.label} />
            </a>
            <Urgent severity="critical" value={tenant.critical} limit={model.limit} />
            <Urgent severity="high" value={tenant.high} limit={model.limit} />
          </li>
        ))}
      </ul>
      <Pager what="tenants" first={null} next={model.next} />
    </Layout>
  );
}

function Urgent({ severity, value, limit }: { severity: 'critical' | 'high'; value: number; limit: number }) {
  if (value === 0) return <span class="quiet">0 {severity}</span>;
  return (
    <span>
      <SeverityMark severity={severity} /> {value >= limit ? `${count(limit)} or more` : count(value)}
    </span>
  );
}
