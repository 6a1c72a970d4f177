/** CRED-21: a link by which the customer hands the secret over himself, so that none of us sees it. Shown once. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import type { IntakeLink } from '../../domain/credentials/intake.ts';
import { instanceLink } from '../links.ts';
import { Choice, type FormState, Hidden, Refusal, TextInput } from './fields.tsx';
import { Code, Name, Time } from './text.tsx';

/** Made just now; kept nowhere. */
export interface FreshIntake {
  readonly address: string;
  readonly code: string;
  readonly expires_at: Date;
}

export interface IntakeSectionModel {
  readonly instance: string;
  readonly manifest: ConnectorManifest;
  readonly open: readonly IntakeLink[];
  readonly fresh: FreshIntake | null;
  readonly form: FormState;
  readonly refused: boolean;
  readonly now: Date;
}

export function IntakeSection(model: IntakeSectionModel) {
  const { manifest, fresh, form, now } = model;
  return (
    <>
      {fresh === null ? null : (
        <div class="done" role="status">
          <p>
            <b>The link and its code are shown now, and never again.</b> Send them to the customer by two different ways: the link by mail,
            say, and the code by telephone. It is open until <Time at={fresh.expires_at} now={now} />, and takes one credential.
          </p>
          <p>
            Link: <code class="whole">{fresh.address}</code>
          </p>
          <p>
            Code: <code class="whole">{fresh.code}</code>
          </p>
        </div>
      )}
      {model.open.length === 0 ? null : (
        <ul class="list">
          {model.open.map((link) => (
            <li>
              <form method="post" action={`${instanceLink(model.instance)}/intake/revoke`}>
                <Hidden name="link" value={link.id} />
                Open link for a <Name text={link.kind.replaceAll('_', ' ')} limit={64} />, made by{' '}
                <Name text={link.created_by} limit={48} /> <Time at={link.created_at} now={now} />, ends{' '}
                <Time at={link.expires_at} now={now} />, <Code text={link.id} limit={12} />{' '}
                <button type="submit" class="lesser">
                  Close the link <Code text={link.id} limit={6} />
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
      <details class="action" open={model.refused}>
        <summary>Let the customer enter it by a link…</summary>
        <Refusal form={form} what="No link was made" />
        <form method="post" action={`${instanceLink(model.instance)}/intake`} class="fields">
          <Choice
            form={form}
            name="kind"
            label="What is entered"
            options={manifest.credential_kinds.map(({ kind }) => ({ value: kind, label: kind.replaceAll('_', ' ') }))}
          />
          <TextInput form={form} name="hours" label="Open for, hours" required numeric maxlength={3} hint="1 to 168" />
          <p class="wide-field">
            <button type="submit">Make the link</button>{' '}
            <span class="quiet">Nobody of us sees the secret: it goes straight into the encrypted store.</span>
          </p>
        </form>
      </details>
    </>
  );
}
