/**
 * Names of the secrets of one (tenant, connector kind) in a vault. Key Vault takes 1 to 127 of `[0-9A-Za-z-]` and folds case
 * (https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates), so an encoding that uses upper case, or that
 * cuts, lets two tenants meet in one secret. This one does neither, and it can be read back.
 */
import { InvalidInputError } from '../errors.ts';

const PREFIX = 'sv1-';
const MAX_LENGTH = 127;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Every byte as it appears in a name: `[a-y0-9]` as itself, any other as `z` and two hexadecimal digits. */
const FORM: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /^[a-y0-9]$/.test(character) ? character : `z${byte.toString(16).padStart(2, '0')}`;
});

/** `sv1-<tenant>-<kind>`. @throws InvalidInputError `VAULT_NAME_UNUSABLE`: longer than 127 is refused, never cut */
export function vaultName(tenant: string, kind: string): string {
  const name = `${PREFIX}${encodePart(tenant, 'tenant')}-${encodePart(kind, 'kind')}`;
  if (name.length > MAX_LENGTH) throw unusable('tenant', `a tenant id and a kind that make a name of at most ${MAX_LENGTH} characters`);
  return name;
}

/** The pair that a name stands for; null for what `vaultName` never makes. */
export function parseVaultName(name: string): { readonly tenant: string; readonly kind: string } | null {
  if (!name.startsWith(PREFIX) || name.length > MAX_LENGTH) return null;
  const parts = name.slice(PREFIX.length).split('-').map(decodePart);
  const [tenant, kind] = parts;
  return parts.length === 2 && typeof tenant === 'string' && typeof kind === 'string' ? { tenant, kind } : null;
}

/**
 * `sv0/{env}/{tenant}/{kind}` of AWS Secrets Manager: case-sensitive, 512 of `[A-Za-z0-9/_+=.@-]`. A tenant's id has no `/` and no `=`;
 * its `:` is the one character that the service refuses, and is written `=3a`.
 */
export const secretsManagerName = (environment: string, tenant: string, kind: string): string =>
  `sv0/${environment}/${tenant.replaceAll(':', '=3a')}/${kind}`;

function encodePart(text: string, field: string): string {
  // A lone surrogate has no UTF-8: the encoder would write the same three bytes for all of them.
  if (text === '' || !text.isWellFormed()) throw unusable(field, 'a text that is not empty, of well-formed Unicode');
  let name = '';
  for (const byte of utf8.encode(text)) name += FORM[byte];
  return name;
}

function decodePart(part: string): string | null {
  const bytes: number[] = [];
  for (let at = 0; at < part.length; at += 1) {
    const character = part.charAt(at);
    if (character !== 'z') {
      if (FORM[character.charCodeAt(0)] !== character) return null;
      bytes.push(character.charCodeAt(0));
      continue;
    }
    const digits = part.slice(at + 1, at + 3);
    const byte = Number.parseInt(digits, 16);
    // `z61` would be another spelling of `a`, `z2D` one of `z2d`.
    if (FORM[byte] !== `z${digits}`) return null;
    bytes.push(byte);
    at += 2;
  }
  try {
    return bytes.length === 0 ? null : fromUtf8.decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

const unusable = (field: string, expected: string): InvalidInputError =>
  new InvalidInputError('no vault name can be made of this tenant and kind', { code: 'VAULT_NAME_UNUSABLE', field, expected });
