/** Who has had what, and who changed what (CRED-08). */
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import type { AuditRecord } from '../../domain/views/types.ts';
import { type Option, Pager, TextField } from '../components/form.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { State } from '../components/marks.tsx';
import { Code, Name, Time } from '../components/text.tsx';
import { count } from '../format.ts';
import { auditFileLink, auditLink } from '../links.ts';

/** What a walk over the whole chain has found; null when nobody asked for it. */
export type ChainVerdict =
  | { readonly intact: true; readonly records: number; readonly head: { readonly seq: number; readonly hash: string } | null }
  | { readonly intact: false; readonly seq: number; readonly problem: 'missing' | 'changed' | 'unlinked' };

export interface AuditModel {
  readonly frame: PageFrame;
  readonly tenant: string;
  readonly tenant_name: string | null;
  readonly action: string | undefined;
  readonly records: readonly AuditRecord[];
  readonly verdict: ChainVerdict | null;
  readonly paged: boolean;
  readonly next_cursor: string | null;
  readonly now: Date;
}

/** Offered while one types; any other can be typed. */
const ACTIONS: readonly Option[] = [
  'credential.resolve',
  'credential.put',
  'credential.revoke',
  'credential.delete',
  'binding.activated',
  'instance.created',
  'instance.edited',
  'scope.created',
  'scope.edited',
  'tenant.edited',
  'finding.suppressed',
  'evidence_pack_exported',
  'connection_tested',
].map((action) => ({ value: action, label: action }));

const BROKEN = {
  missing: 'is missing',
  changed: 'is not what was recorded',
  unlinked: 'does not follow the one before it',
} as const;

export function AuditPage(model: AuditModel) {
  const query = { tenant: model.tenant, action: model.action };
  return (
    <Layout frame={model.frame}>
      <h1>
        Audit of <Name text={model.tenant_name ?? model.tenant} />
      </h1>
      <form class="filters" method="get" action={auditLink()} aria-label="Filters">
        <input type="hidden" name="tenant" value={model.tenant} />
        <TextField name="action" label="Action" value={model.action} options={ACTIONS} />
        <button type="submit">Filter</button>
        <a href={auditLink()}>Other tenant</a>
        <a href={auditFileLink(query)} download>
          Export as CSV
        </a>
      </form>
      <Verdict model={model} />
      {model.records.length === 0 ? (
        <p class="empty">
          {model.paged
            ? 'There are no older records.'
            : model.action === undefined
              ? 'Nothing has been recorded yet. Each request for a credential, and each change that an operator makes, is recorded here.'
              : 'No record of this action.'}
        </p>
      ) : (
        <Records model={model} />
      )}
      <Pager
        what="records"
        first={model.paged ? auditLink(query) : null}
        next={model.next_cursor === null ? null : auditLink({ ...query, cursor: model.next_cursor })}
      />
    </Layout>
  );
}

function Verdict({ model }: { model: AuditModel }) {
  const { verdict } = model;
  if (verdict === null)
    return (
      <form class="action" method="get" action={auditLink()}>
        <input type="hidden" name="tenant" value={model.tenant} />
        <button type="submit" name="verify" value="yes">
          Verify the chain
        </button>{' '}
        <span class="quiet">Walks over all records: one that was cut out, changed or moved is found.</span>
      </form>
    );
  if (!verdict.intact)
    return (
      <p class="notice" role="alert">
        <State state="broken" />: record {count(verdict.seq)} {BROKEN[verdict.problem]}. Keep the database as it is, and find out who could
        write to it.
      </p>
    );
  return (
    <p role="status">
      <State state="intact" />: {count(verdict.records)} records, each linked to the one before.
      {verdict.head === null ? null : (
        <span class="quiet">
          {' '}
          Note the head elsewhere, so that a chain written anew shows: {verdict.head.seq} <Code text={verdict.head.hash} />
        </span>
      )}
    </p>
  );
}

function Records({ model }: { model: AuditModel }) {
  return (
    <div class="wide" tabindex={0} role="region" aria-label="Records">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">No.</th>
            <th scope="col">When</th>
            <th scope="col">Action</th>
            <th scope="col">Outcome</th>
            <th scope="col">Who</th>
            <th scope="col">About</th>
          </tr>
        </thead>
        <tbody>
          {model.records.map((record) => (
            <tr>
              <td>{record.seq}</td>
              <td class="narrow">
                <Time at={record.at} now={model.now} />
              </td>
              <td>
                <a href={auditLink({ tenant: model.tenant, action: record.action })}>
                  <Name text={record.action} limit={64} />
                </a>
              </td>
              <td>{record.outcome === 'refused' ? <State state="refused" /> : record.outcome}</td>
              <td>
                <Name text={record.actor} limit={64} />
              </td>
              <td>
                {Object.entries(record.subject)
                  .filter(([, value]) => value !== null)
                  .sort(([a], [b]) => (a < b ? -1 : 1))
                  .map(([key, value]) => (
                    <span class="pair">
                      <span class="quiet">
                        <Name text={key.replaceAll('_', ' ')} limit={48} />
                      </span>{' '}
                      <Name text={Array.isArray(value) ? value.join(', ') : String(value)} limit={120} />
                    </span>
                  ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export interface AuditChoiceModel {
  readonly frame: PageFrame;
  readonly tenants: readonly Option[];
}

export function AuditChoicePage({ frame, tenants }: AuditChoiceModel) {
  return (
    <Layout frame={frame}>
      <h1>Audit: choose a tenant</h1>
      <form class="filters" method="get" action={auditLink()}>
        <TextField name="tenant" label="Tenant id" value={undefined} options={tenants} />
        <button type="submit">Show</button>
      </form>
      {tenants.length === 0 ? <p class="empty">There is no active tenant yet.</p> : null}
      <ul class="tenants">
        {tenants.map((tenant) => (
          <li>
            <a href={auditLink({ tenant: tenant.value })}>
              <Name text={tenant.label} />
            </a>
          </li>
        ))}
        <li>
          <a href={auditLink({ tenant: PLATFORM })}>The platform</a> <span class="quiet">sign-ins, and what is done over all tenants</span>
        </li>
      </ul>
    </Layout>
  );
}
