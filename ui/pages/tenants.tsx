/** Who is here? */
import type { Tenant } from '../../domain/tenancy/types.ts';
import { Pager, Select } from '../components/form.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { State } from '../components/marks.tsx';
import { Code, Name, Time } from '../components/text.tsx';
import { newTenantLink, tenantLink, tenantsLink } from '../links.ts';

export interface TenantsModel {
  readonly frame: PageFrame;
  readonly tenants: readonly Tenant[];
  readonly filter: { readonly status: Tenant['status'] | undefined };
  readonly paged: boolean;
  readonly next_cursor: string | null;
  readonly now: Date;
}

const STATUSES = ['active', 'suspended', 'offboarded'] as const;

export function TenantsPage(model: TenantsModel) {
  return (
    <Layout frame={model.frame}>
      <h1>Tenants</h1>
      <form class="filters" method="get" action={tenantsLink()} aria-label="Filters">
        <Select
          name="status"
          label="Status"
          any="any"
          value={model.filter.status}
          options={STATUSES.map((status) => ({ value: status, label: status }))}
        />
        <button type="submit">Filter</button>
        <a href={newTenantLink()}>New tenant</a>
      </form>
      {model.tenants.length === 0 ? (
        <p class="empty">
          {model.paged
            ? 'There are no more tenants.'
            : model.filter.status === undefined
              ? 'No tenant yet. Make one: its instances, scopes, runs and findings belong to it and to nobody else.'
              : 'No tenant has this status.'}
        </p>
      ) : (
        <div class="wide" tabindex={0} role="region" aria-label="Tenants">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Id</th>
                <th scope="col">Slug</th>
                <th scope="col">Kind</th>
                <th scope="col">Status</th>
                <th scope="col">Since</th>
              </tr>
            </thead>
            <tbody>
              {model.tenants.map((tenant) => (
                <tr>
                  <th scope="row">
                    <a href={tenantLink(tenant._id)}>
                      <Name text={tenant.name} limit={72} />
                    </a>
                  </th>
                  <td>
                    <Code text={tenant._id} limit={48} />
                  </td>
                  <td>
                    <Code text={tenant.slug} />
                  </td>
                  <td>{tenant.kind}</td>
                  <td>
                    <State state={tenant.status} />
                  </td>
                  <td>
                    <Time at={tenant.created_at} now={model.now} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager
        what="tenants"
        words={['First', 'Next']}
        first={model.paged ? tenantsLink(model.filter) : null}
        next={model.next_cursor === null ? null : tenantsLink({ ...model.filter, cursor: model.next_cursor })}
      />
    </Layout>
  );
}
