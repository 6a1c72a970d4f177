/**
 * Canaries: made-up secrets that can be found again in every form in which bytes are written down. All of one test share a mark, so that one
 * search finds them all; what follows the mark tells which it was.
 */
import { randomBytes } from 'node:crypto';

export interface Needle {
  readonly label: string;
  readonly form: string;
  readonly bytes: Buffer;
}

export interface CanaryBox {
  readonly mark: string;
  /** Letters and digits around the mark, then what URLs, JSON, shells and encodings have their trouble with. */
  make(label: string): string;
}

export function canaryBox(): CanaryBox {
  // No letter of it is a hexadecimal digit's or an escape's: it appears in text by being written there.
  const mark = `KNRY${[...randomBytes(12)].map((byte) => 'GHJKMNPQRSTVWXYZ'[byte % 16]).join('')}`;
  return { mark, make: (label) => `pw${mark}${label}"\\/&%=+?ü~` };
}

/** Every form of a text, also in the middle of something that was encoded as a whole. */
export function needlesOf(label: string, text: string): readonly Needle[] {
  const bytes = Buffer.from(text);
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text);
  const forms: Record<string, string> = {
    raw: text,
    hex: bytes.toString('hex'),
    HEX: bytes.toString('hex').toUpperCase(),
    url,
    'url, lower case': url.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    json,
    'json in json': JSON.stringify(json).slice(1, -1),
    'utf-16': bytes.toString('latin1').split('').join('\0'),
  };
  return distinct(label, { ...forms, ...inBase64(bytes) });
}

/** Of a key, which is bytes: as they are, as they are written down, and every form of their hexadecimal digits. */
export function bytesNeedlesOf(label: string, bytes: Buffer): readonly Needle[] {
  const hex = bytes.toString('hex');
  const written = distinct(label, { HEX: hex.toUpperCase(), ...inBase64(bytes) });
  return [{ label, form: 'bytes', bytes }, ...written, ...needlesOf(label, hex)];
}

function distinct(label: string, forms: Readonly<Record<string, string>>): readonly Needle[] {
  const seen = new Set<string>();
  return Object.entries(forms)
    .filter(([, form]) => !seen.has(form) && seen.add(form))
    .map(([form, value]) => ({ label, form, bytes: Buffer.from(value, form === 'utf-16' ? 'latin1' : 'utf8') }));
}

function inBase64(bytes: Buffer): Readonly<Record<string, string>> {
  const forms: Record<string, string> = {};
  for (const offset of [0, 1, 2]) {
    const encoded = insideBase64(bytes, offset);
    forms[`base64 at ${offset}`] = encoded;
    forms[`base64url at ${offset}`] = encoded.replaceAll('+', '-').replaceAll('/', '_');
  }
  return forms;
}

/** The characters that depend on these bytes alone when they begin `offset` bytes after a group of three. */
function insideBase64(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = Math.ceil((offset * 8) / 6);
  return whole.toString('base64').slice(first, Math.floor((whole.length * 8) / 6));
}

export interface Found {
  readonly label: string;
  readonly form: string;
}

export const search = (bytes: Buffer, needles: readonly Needle[]): readonly Found[] =>
  needles.filter((needle) => bytes.includes(needle.bytes)).map(({ label, form }) => ({ label, form }));
