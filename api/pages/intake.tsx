/**
 * The intake page (CRED-21): for the customer, who is none of our callers. The link and its code are the proof; the token comes in a form's body
 * (behind the `#` of the link it is in no log), and no answer has anything that was typed, but for fields that are no secret.
 */
import type { Context } from 'hono';
import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import type { IntakeForm } from '../../domain/credentials/intake.ts';
import { emptyForm } from '../../ui/components/fields.tsx';
import { document } from '../../ui/components/layout.tsx';
import { IntakeEndPage, IntakePage, IntakeStartPage } from '../../ui/pages/intake.tsx';
import type { AppDeps } from '../deps.ts';
import { requireBrowserProof } from '../middleware/origin.ts';
import type { Api } from '../schemas/common.ts';
import { readForm, readQuery } from './read.ts';
import { credentialFields, parsed, readTyped, refused, split } from './typed.ts';

const startForm = z.strictObject({ token: z.string().max(2_048) });
const submitForm = z.strictObject({ token: z.string().max(2_048), code: z.string().max(64) });

export function registerIntake(
  app: Api,
  { intake, now }: Pick<AppDeps, 'now'> & { readonly intake: NonNullable<AppDeps['intake']> },
): void {
  app.use('/intake/*', requireBrowserProof());

  app.get('/intake', (c) => {
    readQuery(c, z.strictObject({}));
    return c.html(document(<IntakeStartPage />));
  });

  app.post('/intake', async (c) => {
    const token = tokenOf((await readForm(c, startForm)).token);
    const form = await intake.describe(token).catch(nothing);
    if (form === null) return closed(c);
    return c.html(document(<IntakePage token={token} form={emptyForm()} intake={form} now={now()} />));
  });

  app.post('/intake/submit', async (c) => {
    const typed = await readTyped(c);
    const { own, rest } = split(typed, 'fields');
    const { token, code } = parsed(rest, submitForm);
    const form = await intake.describe(tokenOf(token)).catch(nothing);
    if (form === null) return closed(c);
    try {
      await intake.submit(tokenOf(token), code.replaceAll(/[\s-]/g, '').toUpperCase(), credentialFields(own));
    } catch (error) {
      if (error instanceof NotFoundError) return closed(c);
      const again = refused(error, plain(typed, form));
      return c.html(document(<IntakePage token={tokenOf(token)} form={again.form} intake={form} now={now()} />), again.status);
    }
    return c.html(document(<IntakeEndPage done />));
  });
}

const closed = (c: Context) => c.html(document(<IntakeEndPage done={false} />), 404);

/** The whole link may be pasted. */
const tokenOf = (text: string): string => text.trim().replace(/^.*#/s, '');

function nothing(error: unknown): null {
  if (error instanceof NotFoundError) return null;
  throw error;
}

const plain = (typed: Readonly<Record<string, readonly string[]>>, form: IntakeForm) => {
  const names = new Set(form.fields.flatMap(({ field, secret }) => (secret ? [] : [`fields.${field}`])));
  return Object.fromEntries(Object.entries(typed).filter(([name]) => names.has(name)));
};
