/**
 * The intake page (CRED-21): for the customer, who is none of our callers. The link and its code are the proof; the token comes in a form's body
 * (behind the `#` of the link it is in no log), and no answer has anything that was typed, but for fields that are no secret.
 */
import type { Context } from 'hono';
import { z } from 'zod';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import type { IntakeForm } from '../../domain/credentials/intake.ts';
import { emptyForm, type FormState } from '../../ui/components/fields.tsx';
import { document } from '../../ui/components/layout.tsx';
import { IntakeEndPage, IntakePage, IntakeStartPage } from '../../ui/pages/intake.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { requireBrowserProof } from '../middleware/origin.ts';
import { problemOf } from '../problems.ts';
import type { Api } from '../schemas/common.ts';
import { readForm, readQuery } from './read.ts';
import { credentialFields, parsed, readTyped, refused, split } from './typed.ts';

const startForm = z.strictObject({ token: z.string().max(2_048) });
const submitForm = z.strictObject({ token: z.string().max(2_048), code: z.string().max(64) });

export function registerIntake(
  app: Api,
  { intake, now, log }: Pick<AppDeps, 'now' | 'log'> & { readonly intake: NonNullable<AppDeps['intake']> },
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
      if (!(error instanceof InvalidInputError)) return await notStored(c, tokenOf(token), plain(typed, form), error);
      const again = refused(error, plain(typed, form));
      return c.html(document(<IntakePage token={tokenOf(token)} form={again.form} intake={form} now={now()} />), again.status);
    }
    return c.html(document(<IntakeEndPage end="stored" />));
  });

  /** Ours to mend: the log and the audit have the reason, and a customer what he can do. */
  async function notStored(c: Context<AppEnv>, token: string, values: FormState['values'], error: unknown) {
    const { status, code } = problemOf(error, '');
    log.error({ request_id: c.var.requestId, code, err: error }, 'a credential that a customer handed over was not stored');
    const open = await intake.describe(token).catch(nothing);
    const page = open === null ? <IntakeEndPage end="lost" /> : <IntakePage token={token} form={later(values)} intake={open} now={now()} />;
    return c.html(document(page), status as 503);
  }
}

const later = (values: FormState['values']): FormState => ({
  ...emptyForm(values),
  refusal: 'something on our side does not answer. Your link is still open: try again in a few minutes.',
});

const closed = (c: Context) => c.html(document(<IntakeEndPage end="closed" />), 404);

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
