/** Addresses and forms of pages: checked as strictly as the API's (an unknown field is refused); an empty choice of a form counts as none. */
import type { Context } from 'hono';
import type { z } from 'zod';
import { InvalidInputError } from '../../domain/errors.ts';
import { invalidInput } from '../problems.ts';

export function readQuery<S extends z.ZodType>(c: Context, schema: S): z.output<S> {
  const given = Object.entries(c.req.queries()).flatMap(([key, values]) =>
    values.length === 1 && values[0] === '' ? [] : [[key, values.length === 1 ? values[0] : values]],
  );
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (!parsed.success) throw invalidInput('query', parsed.error.issues);
  return parsed.data;
}

export function readParam<S extends z.ZodType>(c: Context, schema: S): z.output<S> {
  const parsed = schema.safeParse(c.req.param());
  if (!parsed.success) throw invalidInput('param', parsed.error.issues);
  return parsed.data;
}

/** @throws InvalidInputError `UNSUPPORTED_MEDIA_TYPE` */
export async function formFields(c: Context): Promise<URLSearchParams> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new InvalidInputError('the content type is not that of a form', {
      code: 'UNSUPPORTED_MEDIA_TYPE',
      field: 'header.content-type',
      expected: 'application/x-www-form-urlencoded',
    });
  }
  return new URLSearchParams(await c.req.text());
}

export async function readForm<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  const fields = await formFields(c);
  const parsed = schema.safeParse(
    Object.fromEntries(
      [...new Set(fields.keys())].map((key) => [key, fields.getAll(key).length === 1 ? fields.get(key) : fields.getAll(key)]),
    ),
  );
  if (!parsed.success) throw invalidInput('form', parsed.error.issues);
  return parsed.data;
}

/** Of an address of ours, without its host. */
export function pathAndQuery(address: string): string {
  const { pathname, search } = new URL(address);
  return pathname + search;
}
