/** The encrypted store of one connection: what is there, and the forms that put something in. Values go in and never come out (API-03). */
import type { ConnectorManifest, CredentialKindDeclaration } from '../../domain/connectors/manifest.ts';
import type { StoredCredentialStatus } from '../../domain/credentials/stored.ts';
import { instanceLink } from '../links.ts';
import { emptyForm, type FormState, Hidden, Refusal, SecretInput, TextInput } from './fields.tsx';
import { Name } from './text.tsx';

export interface CredentialFormsModel {
  readonly instance: string;
  readonly name: string;
  readonly manifest: ConnectorManifest;
  readonly stored: StoredCredentialStatus;
  /** The form that was refused, and of which kind it is. */
  readonly refused: { readonly kind: string; readonly form: FormState } | null;
}

export function CredentialForms(model: CredentialFormsModel) {
  return (
    <>
      {model.manifest.credential_kinds.map((declared) => (
        <PutForm model={model} declared={declared} />
      ))}
      <TakeAway model={model} />
    </>
  );
}

function PutForm({ model, declared }: { model: CredentialFormsModel; declared: CredentialKindDeclaration }) {
  const refused = model.refused?.kind === declared.kind ? model.refused.form : null;
  const form = refused ?? emptyForm();
  return (
    <details class="action" open={refused !== null}>
      <summary>
        {model.stored.state === 'active' ? 'Replace it' : 'Enter it'} ({declared.kind.replaceAll('_', ' ')})…
      </summary>
      <Refusal form={form} what="Not stored" />
      <form method="post" action={`${instanceLink(model.instance)}/credential`} class="fields" autocomplete="off">
        <Hidden name="kind" value={declared.kind} />
        <CredentialFields declared={declared} form={form} />
        <p class="wide-field">
          <button type="submit">Store it</button>{' '}
          <span class="quiet">It is sealed at once and shown to nobody again, also not here. The next scan uses it.</span>
        </p>
      </form>
    </details>
  );
}

/** One field for each that the kind declares; what is secret is never filled again. */
export function CredentialFields({ declared, form }: { declared: CredentialKindDeclaration; form: FormState }) {
  return (
    <>
      {Object.values(declared.variables).map(({ field, required, secret }) => {
        const common = { form, name: `fields.${field}`, label: `${field.replaceAll('_', ' ')}${required ? '' : ' (optional)'}`, required };
        return secret === false ? <TextInput {...common} maxlength={2_048} wide /> : <SecretInput {...common} />;
      })}
    </>
  );
}

const AWAY = {
  active: [
    ['revoke', 'Revoke it', 'The stored credential is destroyed and no scan starts with this connection until another is entered.'],
    [
      'delete',
      'Delete it',
      'The stored credential is destroyed and no scan starts with this connection until another is entered or it is forgotten.',
    ],
  ],
  revoked: [
    ['delete', 'Delete it', 'What is left of it goes.'],
    ['forget', 'Forget it', 'The provider alone serves this connection again.'],
  ],
  deleted: [['forget', 'Forget it', 'The provider alone serves this connection again.']],
  none: [],
} as const;

function TakeAway({ model }: { model: CredentialFormsModel }) {
  return (
    <>
      {AWAY[model.stored.state].map(([act, label, what]) => (
        <details class="action">
          <summary>{label}…</summary>
          <form method="post" action={`${instanceLink(model.instance)}/${act}-credential`}>
            <p>
              <Name text={model.name} />: {what} This cannot be undone.
            </p>
            <button type="submit" class="danger">
              {label}
            </button>
          </form>
        </details>
      ))}
    </>
  );
}
