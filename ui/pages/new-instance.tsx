import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { OWNER_ID } from '../../domain/ids.ts';
import type { Tenant } from '../../domain/tenancy/types.ts';
import { type FormState, Hidden, Refusal, TextInput } from '../components/fields.tsx';
import { type Option, Select, TextField } from '../components/form.tsx';
import { InstanceFields } from '../components/instance-fields.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { Code, Name } from '../components/text.tsx';
import { newInstanceLink, tenantLink } from '../links.ts';

export interface ChooseConnectorModel {
  readonly frame: PageFrame;
  readonly tenant: string | undefined;
  readonly tenants: readonly Option[];
  readonly connectors: readonly Option[];
}

/** First whose and what; the fields depend on it. */
export function ChooseConnectorPage(model: ChooseConnectorModel) {
  return (
    <Layout frame={model.frame}>
      <h1>New instance</h1>
      <p>An instance is one account, organisation or directory of a tenant, read by one connector.</p>
      <form class="filters" method="get" action={newInstanceLink()}>
        <TextField name="tenant" label="Tenant id" value={model.tenant} options={model.tenants} />
        <Select name="connector" label="Connector" any="choose" value={undefined} options={model.connectors} />
        <button type="submit">Go on</button>
      </form>
    </Layout>
  );
}

export interface NewInstanceModel {
  readonly frame: PageFrame;
  readonly tenant: Tenant;
  readonly manifest: ConnectorManifest;
  readonly form: FormState;
}

export function NewInstancePage({ frame, tenant, manifest, form }: NewInstanceModel) {
  const permissions = [...new Set(manifest.categories.flatMap((category) => category.permissions))].sort();
  return (
    <Layout frame={frame}>
      <p class="quiet">
        <a href={tenantLink(tenant._id)}>
          <Name text={tenant.name} />
        </a>
      </p>
      <h1>
        New instance: <Name text={manifest.title} limit={64} />
      </h1>
      <details>
        <summary>What the customer has to grant</summary>
        <p>To read everything, and nothing more:</p>
        <ul>
          {permissions.map((permission) => (
            <li>
              <Code text={permission} limit={160} />
            </li>
          ))}
        </ul>
      </details>
      <Refusal form={form} what="Not made" />
      <form method="post" action={newInstanceLink({ tenant: tenant._id, connector: manifest.kind })} class="fields">
        <Hidden name="tenant" value={tenant._id} />
        <Hidden name="connector" value={manifest.kind} />
        <TextInput
          form={form}
          name="id"
          label="Id"
          required
          maxlength={OWNER_ID.longest}
          hint="Of all installations’ instances the only one; it cannot be changed. Small letters, digits and - _ . :"
        />
        <InstanceFields form={form} manifest={manifest} existing={false} storeKeyKept={frame.store_key_kept} />
        <p class="wide-field">
          <button type="submit">Make the instance</button> <span class="quiet">Its credential comes next; none is typed here.</span>
        </p>
      </form>
    </Layout>
  );
}
