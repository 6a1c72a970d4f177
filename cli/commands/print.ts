/** What commands that show rows share. */
import { InvalidInputError } from '../../domain/errors.ts';
import type { Terminal } from '../terminal.ts';

export function print({ out }: Pick<Terminal, 'out'>, json: boolean, value: unknown, text: () => string): void {
  out.write(`${json ? JSON.stringify(value) : text()}\n`);
}

/** One JSON document a line, for commands that have no other form. */
export const printJson = (terminal: Pick<Terminal, 'out'>, value: unknown): void => print(terminal, true, value, () => '');

/** Control characters act on a terminal and direction marks on what is read there; long names hide what follows. */
// oxlint-disable-next-line no-control-regex -- they are what is taken out
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name out of somebody else's system, safe to show on a terminal. */
export function printable(text: string, most = 200): string {
  const safe = text.toWellFormed().replaceAll(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return safe.length > most ? `${safe.slice(0, most).toWellFormed()}…` : safe;
}

/** @throws InvalidInputError `INVALID_LIMIT` */
export function limitOf(text: string, most: number): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    const expected = `a number from 1 to ${most}`;
    throw new InvalidInputError('the limit is not valid', { code: 'INVALID_LIMIT', field: '--limit', expected });
  }
  return limit;
}
