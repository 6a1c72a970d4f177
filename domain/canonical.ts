/** Canonical JSON (RFC 8785) and the digests made of it. The same value gives the same bytes on every machine. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { InvalidInputError } from './errors.ts';

/** RFC 8785 text of a JSON value. Refuses what has no canonical form: NaN, infinities, lone surrogates, undefined. */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch {
    text = undefined;
  }
  if (text === undefined || !text.isWellFormed()) {
    throw new InvalidInputError('the value has no canonical JSON form', {
      code: 'NOT_CANONICAL',
      field: '$',
      expected: 'JSON of finite numbers and well-formed Unicode strings',
    });
  }
  return text;
}

/** Lower-case hex SHA-256 of bytes or of UTF-8 text. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** `sha256(JCS(value))`: the content address that ids and content hashes are made of. */
export const digestOf = (value: unknown): string => sha256(canonicalJson(value));
