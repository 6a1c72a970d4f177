/** One tenant: the three steps that bring it in (OPS-06), what it has, and how it is let go. */
import { OWNER_ID } from '../../domain/ids.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import type { Tenant } from '../../domain/tenancy/types.ts';
import type { InstanceRow, ScopeRow } from '../../domain/views/types.ts';
import { Done, Fact, Facts } from '../components/facts.tsx';
import { Choice, emptyForm, type FormState, Hidden, Refusal, TextInput } from '../components/fields.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { State } from '../components/marks.tsx';
import { Code, Name, Time } from '../components/text.tsx';
import {
  auditLink,
  findingsLink,
  instanceLink,
  instancesLink,
  newInstanceLink,
  newScopeLink,
  newTenantLink,
  runsLink,
  scopesLink,
  tenantLink,
  tenantsLink,
} from '../links.ts';
import { ResolveLine } from './instances.tsx';

export const TENANT_ACTS = {
  created: 'The tenant is there. The three steps below bring its first source in.',
  saved: 'Saved.',
  suspended: 'Deactivated: nothing of this tenant is scanned until it is active again.',
  activated: 'Active again.',
  offboarded: 'Offboarded: its data keys are destroyed.',
} as const;

export interface TenantModel {
  readonly frame: PageFrame;
  readonly tenant: Tenant & { readonly version: number };
  readonly instances: readonly InstanceRow[];
  readonly more_instances: boolean;
  readonly scopes: readonly ScopeRow[];
  readonly done: keyof typeof TENANT_ACTS | null;
  readonly refusal: string | null;
  readonly edit: FormState | null;
  readonly offboard: FormState | null;
  readonly now: Date;
}

export function TenantPage(model: TenantModel) {
  const { tenant, now } = model;
  const query = { tenant: tenant._id };
  return (
    <Layout frame={model.frame}>
      <p class="quiet">
        <a href={tenantsLink()}>Tenants</a>
      </p>
      <h1>
        <Name text={tenant.name} limit={200} />
      </h1>
      <Done text={model.done === null ? null : TENANT_ACTS[model.done]} />
      {model.refusal === null ? null : (
        <p class="notice bad" role="alert">
          Not done: {model.refusal}
        </p>
      )}
      <Facts>
        <Fact name="Status">
          <State state={tenant.status} />
        </Fact>
        <Fact name="Kind">{tenant.kind}</Fact>
        <Fact name="Slug">
          <Code text={tenant.slug} /> <span class="quiet">in the names of its credentials</span>
        </Fact>
        <Fact name="Id">
          <Code text={tenant._id} limit={128} />
        </Fact>
        <Fact name="Since">
          <Time at={tenant.created_at} now={now} />
        </Fact>
        <Fact name="See">
          <a href={runsLink(query)}>runs</a>, <a href={findingsLink(query)}>findings</a>, <a href={scopesLink(query)}>scopes</a>,{' '}
          <a href={auditLink(query)}>audit</a>
        </Fact>
      </Facts>
      {tenant.status === 'offboarded' ? null : <Steps model={model} />}
      <Instances model={model} />
      {tenant.status === 'offboarded' ? null : <Changes model={model} />}
    </Layout>
  );
}

/** OPS-06: where this tenant is on the way in. */
function Steps({ model }: { model: TenantModel }) {
  const { tenant, instances, scopes } = model;
  const without = instances.find(({ instance }) => !scopes.some(({ scope }) => scope.instance_id === instance._id));
  const unproven = instances.find(({ last_resolve }) => last_resolve === null || !last_resolve.granted);
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">Bringing a source in</h2>
      <ol class="next-steps">
        <li>
          <b>Access on the customer’s side.</b> The customer grants read access: what to grant is shown with each{' '}
          <a href={newInstanceLink({ tenant: tenant._id })}>new instance</a>.
        </li>
        <li>
          <b>The identifier or the secret lands.</b>{' '}
          {unproven === undefined ? (
            'It goes into the instance, by the customer’s own link or by you; values are never shown.'
          ) : (
            <>
              Next: the credential of{' '}
              <a href={instanceLink(unproven.instance._id)}>
                <Name text={unproven.instance.name} limit={64} />
              </a>
              .
            </>
          )}
        </li>
        <li>
          <b>Instance and scope.</b>{' '}
          {instances.length === 0 ? (
            <>
              Next: <a href={newInstanceLink({ tenant: tenant._id })}>make its first instance</a>.
            </>
          ) : without === undefined ? (
            'Each instance has a scope.'
          ) : (
            <>
              Next:{' '}
              <a href={newScopeLink(without.instance._id)}>
                a scope for <Name text={without.instance.name} limit={64} />
              </a>
              .
            </>
          )}
        </li>
      </ol>
    </section>
  );
}

function Instances({ model }: { model: TenantModel }) {
  const { tenant, instances, now } = model;
  return (
    <section aria-labelledby="instances">
      <h2 id="instances">Instances</h2>
      {instances.length === 0 ? <p class="quiet">None yet.</p> : null}
      <ul class="list">
        {instances.map((row) => (
          <li>
            <div class="item">
              <a href={instanceLink(row.instance._id)}>
                <Name text={row.instance.name} />
              </a>
              <Name text={row.instance.connector} limit={48} />
              <span>
                <ResolveLine resolve={row.last_resolve} now={now} />
              </span>
            </div>
          </li>
        ))}
      </ul>
      <p>
        {tenant.status === 'offboarded' ? null : <a href={newInstanceLink({ tenant: tenant._id })}>New instance</a>}
        {model.more_instances ? (
          <>
            {' · '}
            <a href={instancesLink({ tenant: tenant._id })}>All its instances</a>
          </>
        ) : null}
      </p>
    </section>
  );
}

function Changes({ model }: { model: TenantModel }) {
  const { tenant } = model;
  const edit = model.edit ?? emptyForm({ name: [tenant.name] });
  const offboard = model.offboard ?? emptyForm();
  const version = <Hidden name="version" value={String(tenant.version)} />;
  return (
    <section aria-labelledby="settings">
      <h2 id="settings">Settings</h2>
      <details class="action" open={model.edit !== null}>
        <summary>Rename…</summary>
        <Refusal form={edit} what="Not saved" />
        <form method="post" action={`${tenantLink(tenant._id)}/edit`} class="fields">
          {version}
          <TextInput form={edit} name="name" label="Name" required maxlength={TENANCY_LIMITS.name} wide />
          <p class="wide-field">
            <button type="submit">Save</button>
          </p>
        </form>
      </details>
      {tenant.status === 'suspended' ? (
        <form class="action" method="post" action={`${tenantLink(tenant._id)}/activate`}>
          {version}
          <button type="submit">Activate</button>
        </form>
      ) : (
        <details class="action">
          <summary>Deactivate…</summary>
          <form method="post" action={`${tenantLink(tenant._id)}/suspend`}>
            {version}
            <p>
              Nothing of <Name text={tenant.name} /> is scanned, and no credential of it is asked for, until it is activated again. Nothing
              is deleted.
            </p>
            <button type="submit">Deactivate</button>
          </form>
        </details>
      )}
      <details class="action" open={model.offboard !== null}>
        <summary>Offboard…</summary>
        <Refusal form={offboard} what="Not offboarded" />
        <form method="post" action={`${tenantLink(tenant._id)}/offboard`} class="fields">
          {version}
          <p class="wide-field">
            The stored credentials of{' '}
            <b>
              <Name text={tenant.name} />
            </b>{' '}
            are destroyed with their keys; its runs, schedules, intake links and bindings end, and nothing of it is ever scanned again. Its
            slug stays taken for ever. This cannot be undone.
          </p>
          <TextInput form={offboard} name="slug" label={`Type ${tenant.slug} to go on`} required maxlength={32} />
          <p class="wide-field">
            <button type="submit" class="danger">
              Offboard this tenant
            </button>
          </p>
        </form>
      </details>
    </section>
  );
}

export interface NewTenantModel {
  readonly frame: PageFrame;
  readonly form: FormState;
}

export function NewTenantPage({ frame, form }: NewTenantModel) {
  return (
    <Layout frame={frame}>
      <h1>New tenant</h1>
      <Refusal form={form} what="Not made" />
      <form method="post" action={newTenantLink()} class="fields">
        <TextInput form={form} name="name" label="Name" required maxlength={TENANCY_LIMITS.name} wide />
        <TextInput
          form={form}
          name="id"
          label="Id"
          required
          maxlength={OWNER_ID.longest}
          hint="It cannot be changed. Small letters, digits and - _ . :"
        />
        <TextInput
          form={form}
          name="slug"
          label="Slug"
          required
          maxlength={32}
          hint="In the names of its credentials. Capital letters and digits only; never changed, never reused"
        />
        <Choice
          form={form}
          name="kind"
          label="Kind"
          options={[
            { value: 'real', label: 'real: a customer' },
            { value: 'demo', label: 'demo: may be seeded with made-up data' },
          ]}
        />
        <p class="wide-field">
          <button type="submit">Make the tenant</button>
        </p>
      </form>
    </Layout>
  );
}
