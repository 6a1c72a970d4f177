/** Forms that write: reads what was typed, checks it strictly, and gives it back with the reasons when it is refused. */
import type { Context } from 'hono';
import { z } from 'zod';
import { type InputProblem, InvalidInputError, isDomainError, NotFoundError } from '../../domain/errors.ts';
import type { CredentialKindDeclaration, ParameterDeclaration } from '../../domain/connectors/manifest.ts';
import type { FormState } from '../../ui/components/fields.tsx';
import { invalidInput, problemOf } from '../problems.ts';
import { formFields } from './read.ts';

/** By field name, as sent; a repeated name has several. */
export type Typed = Readonly<Record<string, readonly string[]>>;

export async function readTyped(c: Context): Promise<Typed> {
  const fields = await formFields(c);
  // A browser sends line ends as CRLF.
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => [name, fields.getAll(name).map((text) => text.replaceAll('\r\n', '\n'))]),
  );
}

/** Fields whose names begin with `<prefix>.`, without it; and the others. */
export function split(typed: Typed, prefix: string): { readonly own: Typed; readonly rest: Typed } {
  const start = `${prefix}.`;
  const entries = Object.entries(typed);
  return {
    own: Object.fromEntries(entries.filter(([name]) => name.startsWith(start)).map(([name, values]) => [name.slice(start.length), values])),
    rest: Object.fromEntries(entries.filter(([name]) => !name.startsWith(start))),
  };
}

/** Several boxes of one name: none, one or more. */
export const several = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .default([])
  .pipe(z.array(z.string().max(128)).max(200));

/** Digits only: `1e3`, ` 12` and an empty field are none. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .trim()
    .refine((text) => /^\d{1,12}$/.test(text) && Number(text) >= min && Number(text) <= max, `a whole number from ${min} to ${max}`)
    .transform(Number);

export const words = (max: number) =>
  z
    .string()
    .trim()
    .refine((text) => text.length >= 1 && text.length <= max && text.isWellFormed(), `1 to ${max} characters`);

/** @throws InvalidInputError naming the fields as the form does */
export function parsed<S extends z.ZodType>(typed: Typed, schema: S): z.output<S> {
  const result = schema.safeParse(
    Object.fromEntries(Object.entries(typed).map(([name, values]) => [name, values.length === 1 ? values[0] : values])),
  );
  if (result.success) return result.data;
  const { message, code, problems } = invalidInput('form', result.error.issues);
  throw new InvalidInputError(message.replace(/^form\./, ''), { code, problems: problems.map(withoutPlace) });
}

const withoutPlace = ({ field, expected }: InputProblem): InputProblem => ({ field: field.replace(/^form\./, ''), expected });

/** What a connector declares, from the fields of a form: an empty field is none. What is wrong with a value is for the manifest's own check to say. */
export function parametersOf(
  declared: Readonly<Record<string, ParameterDeclaration>>,
  typed: Typed,
  prefix: 'config' | 'params',
): Readonly<Record<string, unknown>> {
  const unknown = Object.keys(typed).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0)
    throw new InvalidInputError('a field is not known', { code: 'INVALID_REQUEST', field: prefix, expected: 'no such field' });
  return Object.fromEntries(
    Object.entries(declared).flatMap(([name, declaration]) => {
      const value = valueOf(declaration, typed[name] ?? []);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function valueOf({ type, required }: ParameterDeclaration, values: readonly string[]): unknown {
  const text = values.join('\n').trim();
  switch (type) {
    case 'boolean':
      return text === 'yes' ? true : required ? false : undefined;
    case 'number':
      return text === '' ? undefined : Number(text);
    case 'string[]': {
      const items = text.split(/[\n,]/).flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
      return items.length === 0 ? undefined : items;
    }
    default:
      return text === '' ? undefined : text;
  }
}

export interface Refused {
  readonly form: FormState;
  readonly status: 400 | 409 | 503;
  readonly stale: boolean;
}

/** What the page shows again. @throws the error itself when the form can do nothing about it: what it is about is gone, or is not the domain's */
export function refused(error: unknown, typed: Typed, rename: Readonly<Record<string, string>> = {}): Refused {
  if (!isDomainError(error) || error instanceof NotFoundError) throw error;
  const problems =
    error instanceof InvalidInputError
      ? error.problems
      : error.field === undefined
        ? []
        : [{ field: error.field, expected: error.expected ?? 'another value' }];
  const stale = error.code === 'STALE_EDIT';
  return {
    form: {
      values: typed,
      problems: stale ? {} : Object.fromEntries(problems.map(({ field, expected }) => [fieldOf(field, rename), expected])),
      refusal: stale
        ? 'somebody else has changed this meanwhile. What you typed is still here; where the stored value is another, it is shown beside it. Save again to replace it.'
        : messageOf(error.message, problems),
      stored: {},
    },
    status: problemOf(error, '').status as 400,
    stale,
  };
}

/** Messages of lists repeat every field; the form says them at the fields. */
const messageOf = (message: string, problems: readonly InputProblem[]): string =>
  problems.length > 0 && message.length > 120 ? `${problems.length === 1 ? 'a field needs' : 'some fields need'} another value` : message;

/** `categories.3` is about the boxes of `categories`. */
function fieldOf(field: string, rename: Readonly<Record<string, string>>): string {
  const plain = field.replace(/\.\d+$/, '');
  return rename[plain] ?? plain;
}

/** Stored values that are not those that were typed. */
export function storedMeanwhile(typed: Typed, stored: Typed): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys({ ...stored, ...typed }).flatMap((name) => {
      const now = [...(stored[name] ?? [])].sort().join(', ');
      return name === 'version' || now === [...(typed[name] ?? [])].sort().join(', ') ? [] : [[name, now]];
    }),
  );
}

/** A pasted secret as it was meant: without the line's end that came with it. */
export const credentialFields = (typed: Typed): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(typed).map(([name, values]) => [name, (values[0] ?? '').replace(/^\n+|\n+$/g, '')]));

/** What may be shown again of a refused credential: only what its declaration calls no secret. */
export function plainOnly(typed: Typed, declared: CredentialKindDeclaration | undefined): Typed {
  const plain = new Set(
    Object.values(declared?.variables ?? {}).flatMap(({ field, secret }) => (secret === false ? [`fields.${field}`] : [])),
  );
  return Object.fromEntries(Object.entries(typed).filter(([name]) => plain.has(name)));
}
