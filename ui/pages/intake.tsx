/** CRED-21: what a customer's administrator sees. Nothing of it leads to the operator pages, and nothing that was typed comes back. */
import type { Child } from 'hono/jsx';
import type { IntakeForm } from '../../domain/credentials/intake.ts';
import { iconPath, scriptPath, stylePath } from '../assets.ts';
import { emptyForm, type FormState, Hidden, Refusal, SecretInput, TextInput } from '../components/fields.tsx';
import { Name, Time } from '../components/text.tsx';

function Page({ title, children }: { title: string; children: Child }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="stylesheet" href={stylePath} />
        <link rel="icon" href={iconPath} type="image/svg+xml" />
        <script src={scriptPath} type="module"></script>
      </head>
      <body>
        <main id="main">{children}</main>
      </body>
    </html>
  );
}

/** The link's secret part is behind the `#`, which browsers do not send: the script hands it over, or the person pastes the whole link. */
export function IntakeStartPage() {
  return (
    <Page title="Hand over a credential">
      <h1>Hand over a credential</h1>
      <form method="post" action="/intake" class="fields" data-intake="">
        <TextInput
          form={emptyForm()}
          name="token"
          label="Your link"
          required
          maxlength={2048}
          wide
          hint="If this field is empty, paste the whole link that you were sent."
        />
        <p class="wide-field">
          <button type="submit">Go on</button>
        </p>
      </form>
    </Page>
  );
}

export interface IntakePageModel {
  readonly token: string;
  readonly form: FormState;
  readonly intake: IntakeForm;
  readonly now: Date;
}

export function IntakePage({ token, form, intake, now }: IntakePageModel) {
  return (
    <Page title="Hand over a credential">
      <h1>
        Hand over a credential for <Name text={intake.tenant_name} limit={120} />
      </h1>
      <p>
        It lets <Name text={intake.connector_title} limit={64} /> be read. What you enter is sealed at once: it is shown to nobody, and not
        to you again. This link takes it once, and closes <Time at={intake.expires_at} now={now} />.
      </p>
      <Refusal form={form} what="Nothing was stored" />
      <form method="post" action="/intake/submit" class="fields" autocomplete="off">
        <Hidden name="token" value={token} />
        {intake.fields.map(({ field, required, secret }) => {
          const common = {
            form,
            name: `fields.${field}`,
            label: `${field.replaceAll('_', ' ')}${required ? '' : ' (optional)'}`,
            required,
          };
          return secret ? <SecretInput {...common} /> : <TextInput {...common} maxlength={2048} wide />;
        })}
        <TextInput form={form} name="code" label="Code" required maxlength={32} hint="The ten characters that you were told another way" />
        <p class="wide-field">
          <button type="submit">Hand it over</button>
        </p>
      </form>
    </Page>
  );
}

const ENDS = {
  stored: {
    title: 'Thank you: it is stored',
    text: 'The credential is sealed, and this link is closed. You can close this page; nothing of what you typed is in it.',
  },
  closed: {
    title: 'This link is not open',
    text: 'It was used already, has expired or was taken back, or the code is not its own. Nothing was stored. Ask whoever sent it for another; the code comes by another way than the link.',
  },
  lost: {
    title: 'It could not be stored',
    text: 'Something went wrong on our side while it was being written, and this link is used up. Ask whoever sent it for another.',
  },
} as const;

export function IntakeEndPage({ end }: { end: keyof typeof ENDS }) {
  const { title, text } = ENDS[end];
  return (
    <Page title={title}>
      <h1>{title}</h1>
      <p role="status">{text}</p>
    </Page>
  );
}
