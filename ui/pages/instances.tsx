/** UI-04: can it connect? */
import { providerFacts } from '../../domain/credentials/providers.ts';
import type { StoredCredentialStatus } from '../../domain/credentials/stored.ts';
import type { InstanceRow, LastResolve } from '../../domain/views/types.ts';
import { BindingLine } from '../components/binding.tsx';
import { type Option, Pager, Select, TextField } from '../components/form.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { State } from '../components/marks.tsx';
import { Code, Name, Time } from '../components/text.tsx';
import { instanceLink, instancesLink, newInstanceLink, tenantLink } from '../links.ts';

export interface InstancesModel {
  readonly frame: PageFrame;
  readonly rows: readonly { readonly row: InstanceRow; readonly stored: StoredCredentialStatus }[];
  readonly filter: { readonly tenant: string | undefined; readonly connector: string | undefined };
  readonly tenants: readonly Option[];
  readonly connectors: readonly Option[];
  readonly paged: boolean;
  readonly next_cursor: string | null;
  readonly now: Date;
}

export function InstancesPage(model: InstancesModel) {
  const filtered = Object.values(model.filter).some((value) => value !== undefined);
  return (
    <Layout frame={model.frame}>
      <h1>Connector instances</h1>
      <form class="filters" method="get" action={instancesLink()} aria-label="Filters">
        <TextField name="tenant" label="Tenant id" value={model.filter.tenant} options={model.tenants} />
        <Select name="connector" label="Connector" any="any" value={model.filter.connector} options={model.connectors} />
        <button type="submit">Filter</button>
        {filtered ? <a href={instancesLink()}>Show all</a> : null}
        <a href={newInstanceLink({ tenant: model.filter.tenant })}>New instance</a>
      </form>
      {model.rows.length === 0 ? (
        <p class="empty">
          {model.paged
            ? 'There are no more instances.'
            : filtered
              ? 'No instance matches these filters.'
              : 'An instance is one account, organisation or directory of a tenant, with the way to its credential. Make one to read it.'}
        </p>
      ) : null}
      <ol class="list">
        {model.rows.map(({ row, stored }) => (
          <li>
            <article class="item">
              <div>
                <h2>
                  <a href={instanceLink(row.instance._id)}>
                    <Name text={row.instance.name} />
                  </a>{' '}
                  {row.instance.status === 'disabled' ? <State state="disabled" /> : null}
                </h2>
                <p class="quiet">
                  <a href={tenantLink(row.instance.tenant_id)}>
                    <Name text={row.tenant_name ?? row.instance.tenant_id} limit={48} />
                  </a>
                  {' · '}
                  <Name text={row.instance.connector} limit={48} />
                  {' · '}
                  <Name text={row.instance.source_tenant} limit={64} />
                </p>
              </div>
              <p>
                <ProviderLine row={row} storeKeyKept={model.frame.store_key_kept} />
              </p>
              <p>
                <Presence row={row} stored={stored} now={model.now} />
              </p>
            </article>
          </li>
        ))}
      </ol>
      <Pager
        what="instances"
        words={['First', 'Next']}
        first={model.paged ? instancesLink(model.filter) : null}
        next={model.next_cursor === null ? null : instancesLink({ ...model.filter, cursor: model.next_cursor })}
      />
    </Layout>
  );
}

export function ProviderLine({ row, storeKeyKept }: { row: InstanceRow; storeKeyKept: boolean }) {
  const { provider, ref } = row.instance.credentials_ref;
  const facts = providerFacts(provider, storeKeyKept);
  return (
    <>
      {facts.title} <Code text={ref} />
      <br />
      <State state={facts.production_grade ? 'production' : 'not_production'} />
    </>
  );
}

/** Whether there is a credential, of which version, and what came of asking for it last. Never a value. */
function Presence({ row, stored, now }: { row: InstanceRow; stored: StoredCredentialStatus; now: Date }) {
  return (
    <>
      {stored.state === 'none' && row.instance.credentials_ref.provider !== 'store' ? null : (
        <>
          <StoredLine stored={stored} now={now} />
          <br />
        </>
      )}
      {row.binding === null ? null : (
        <>
          <BindingLine binding={row.binding} now={now} />
          <br />
        </>
      )}
      <ResolveLine resolve={row.last_resolve} now={now} />
    </>
  );
}

export function StoredLine({ stored, now }: { stored: StoredCredentialStatus; now: Date }) {
  return (
    <>
      Stored: <State state={stored.state} />
      {stored.state === 'active' ? (
        <span class="quiet">
          {' '}
          <Name text={stored.kind ?? ''} limit={64} />, version {stored.version}
        </span>
      ) : null}
      {stored.changed_at === null ? null : (
        <span class="quiet">
          , <Time at={stored.changed_at} now={now} />
        </span>
      )}
    </>
  );
}

export function ResolveLine({ resolve, now }: { resolve: LastResolve | null; now: Date }) {
  if (resolve === null) return <span class="quiet">Never asked for</span>;
  return (
    <>
      Last asked for: <State state={resolve.granted ? 'granted' : 'refused'} />{' '}
      <span class="quiet">
        <Time at={resolve.at} now={now} />
        {resolve.version === null ? null : (
          <>
            , version <Code text={resolve.version} limit={24} />
          </>
        )}
        {resolve.code === null ? null : (
          <>
            , <Code text={resolve.code} />
          </>
        )}
      </span>
    </>
  );
}
