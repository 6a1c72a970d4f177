/** UI-04: one connector instance: can it connect, with which credential, and what is read of it? */
import type { ConnectionTest } from '../../domain/connectors/connection-test.ts';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { providerFacts } from '../../domain/credentials/providers.ts';
import type { StoredCredentialStatus } from '../../domain/credentials/stored.ts';
import type { InstanceRow, ScopeRow } from '../../domain/views/types.ts';
import { FederationSection } from '../components/binding.tsx';
import { ConnectionTestSection } from '../components/connection-test.tsx';
import { CredentialForms } from '../components/credential-forms.tsx';
import { Done, Fact, Facts } from '../components/facts.tsx';
import { emptyForm, type FormState, Hidden, Refusal } from '../components/fields.tsx';
import { IntakeSection, type IntakeSectionModel } from '../components/intake-link.tsx';
import { InstanceFields, instanceValues } from '../components/instance-fields.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { State } from '../components/marks.tsx';
import { Code, Name } from '../components/text.tsx';
import { instanceLink, instancesLink, newScopeLink, scopeLink, scopesLink, tenantLink } from '../links.ts';
import { ProviderLine, ResolveLine, StoredLine } from './instances.tsx';
import { LastResult, ScheduleLine } from './scopes.tsx';

export const INSTANCE_ACTS = {
  created: 'The instance is there. Next: its credential, then a scope.',
  saved: 'Saved.',
  stored: 'The credential is stored and sealed; it is shown to nobody again.',
  revoked: 'The stored credential is revoked.',
  deleted: 'The stored credential is deleted.',
  closed: 'The intake link is closed.',
  forgotten: 'The provider alone serves this connection again.',
} as const;

export interface InstanceModel {
  readonly frame: PageFrame;
  readonly row: InstanceRow;
  readonly manifest: ConnectorManifest | undefined;
  readonly stored: StoredCredentialStatus;
  readonly scopes: readonly ScopeRow[];
  readonly more_scopes: boolean;
  readonly done: keyof typeof INSTANCE_ACTS | null;
  readonly refusal: string | null;
  readonly edit: FormState | null;
  /** Null where links cannot be made. */
  readonly intake: Omit<IntakeSectionModel, 'instance' | 'manifest' | 'now'> | null;
  readonly test: ConnectionTest | null;
  readonly testable: boolean;
  readonly credential: { readonly kind: string; readonly form: FormState } | null;
  readonly now: Date;
}

export function InstancePage(model: InstanceModel) {
  const { row, manifest } = model;
  const { instance } = row;
  return (
    <Layout frame={model.frame}>
      <p class="quiet">
        <a href={instancesLink({ tenant: instance.tenant_id })}>
          Instances of <Name text={row.tenant_name ?? instance.tenant_id} />
        </a>
      </p>
      <h1>
        <Name text={instance.name} limit={200} />
      </h1>
      <Done text={model.done === null ? null : INSTANCE_ACTS[model.done]} />
      {model.refusal === null ? null : (
        <p class="notice bad" role="alert">
          Not done: {model.refusal}
        </p>
      )}
      <Header model={model} />
      <Credential model={model} />
      {model.testable ? <ConnectionTestSection instance={instance._id} result={model.test} now={model.now} /> : null}
      <Scopes model={model} />
      <section aria-labelledby="settings">
        <h2 id="settings">Settings</h2>
        {manifest === undefined ? (
          <p class="quiet">Its connector is not known to this host.</p>
        ) : (
          <Edit model={model} manifest={manifest} />
        )}
      </section>
      <details class="action">
        <summary>Remove this instance…</summary>
        <form method="post" action={`${instanceLink(instance._id)}/remove`}>
          <Hidden name="version" value={String(instance.version)} />
          <p>
            <b>
              <Name text={instance.name} />
            </b>{' '}
            goes, with its stored credential and with what was ingested for it. Its scopes have to be removed before. This cannot be undone.
          </p>
          <button type="submit" class="danger">
            Remove the instance
          </button>
        </form>
      </details>
    </Layout>
  );
}

function Header({ model }: { model: InstanceModel }) {
  const { row, manifest } = model;
  const { instance } = row;
  return (
    <Facts>
      <Fact name="Tenant">
        <a href={tenantLink(instance.tenant_id)}>
          <Name text={row.tenant_name ?? instance.tenant_id} limit={64} />
        </a>
      </Fact>
      <Fact name="Connector">
        <Name text={manifest?.title ?? instance.connector} limit={64} />
      </Fact>
      <Fact name="Reads">
        <Name text={instance.source_tenant} limit={160} />
      </Fact>
      <Fact name="Status">
        <State state={instance.status} />
      </Fact>
      <Fact name="Instance id">
        <Code text={instance._id} limit={128} />
      </Fact>
    </Facts>
  );
}

function Credential({ model }: { model: InstanceModel }) {
  const { row, manifest, stored, now } = model;
  const facts = providerFacts(row.instance.credentials_ref.provider, model.frame.store_key_kept);
  return (
    <section aria-labelledby="credential">
      <h2 id="credential">Credential</h2>
      <Facts>
        <Fact name="Comes from">
          <ProviderLine row={row} storeKeyKept={model.frame.store_key_kept} />
          <br />
          <span class="quiet">{facts.because}</span>
        </Fact>
        <Fact name="In the encrypted store">
          <StoredLine stored={stored} now={now} />
          {stored.field_names.length === 0 ? null : (
            <>
              <br />
              <span class="quiet">
                fields <Name text={stored.field_names.join(', ')} limit={200} />
              </span>
            </>
          )}
        </Fact>
        <Fact name="Last use">
          <ResolveLine resolve={row.last_resolve} now={now} />
          {row.last_resolve === null || row.last_resolve.key_names.length === 0 ? null : (
            <>
              <br />
              <span class="quiet">
                names <Name text={row.last_resolve.key_names.join(', ')} limit={300} />
              </span>
            </>
          )}
        </Fact>
      </Facts>
      <FederationSection row={row} now={now} />
      {manifest === undefined ? null : (
        <CredentialForms
          instance={row.instance._id}
          name={row.instance.name}
          manifest={manifest}
          stored={stored}
          refused={model.credential}
        />
      )}
      {manifest === undefined || model.intake === null ? null : (
        <IntakeSection {...model.intake} instance={row.instance._id} manifest={manifest} now={now} />
      )}
    </section>
  );
}

function Scopes({ model }: { model: InstanceModel }) {
  const { row, scopes, now } = model;
  const { instance } = row;
  return (
    <section aria-labelledby="scopes">
      <h2 id="scopes">Scopes</h2>
      {scopes.length === 0 ? <p class="quiet">None yet: a scope says what is read, and when.</p> : null}
      <ul class="list">
        {scopes.map((scope) => (
          <li>
            <div class="item">
              <a href={scopeLink(scope.scope._id)}>
                <Name text={scope.scope.name} />
              </a>
              <span>
                <ScheduleLine row={scope} now={now} />
              </span>
              <span>
                <LastResult row={scope} now={now} />
              </span>
            </div>
          </li>
        ))}
      </ul>
      <p>
        <a href={newScopeLink(instance._id)}>New scope</a>
        {model.more_scopes ? (
          <>
            {' · '}
            <a href={scopesLink({ instance: instance._id })}>All its scopes</a>
          </>
        ) : null}
      </p>
    </section>
  );
}

function Edit({ model, manifest }: { model: InstanceModel; manifest: ConnectorManifest }) {
  const { instance } = model.row;
  const form = model.edit ?? emptyForm(instanceValues(instance));
  return (
    <details class="action" open={model.edit !== null}>
      <summary>Change…</summary>
      <Refusal form={form} what="Not saved" />
      <form method="post" action={`${instanceLink(instance._id)}/edit`} class="fields">
        <Hidden name="version" value={String(instance.version)} />
        <InstanceFields form={form} manifest={manifest} existing storeKeyKept={model.frame.store_key_kept} />
        <p class="wide-field">
          <button type="submit">Save</button>
        </p>
      </form>
    </details>
  );
}
