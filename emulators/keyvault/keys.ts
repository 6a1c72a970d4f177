/** The keys of a vault: RSA, versioned, used inside only. */
import { constants, generateKeyPairSync, type KeyObject, privateDecrypt, publicEncrypt, randomUUID } from 'node:crypto';
import type { VaultKey } from './options.ts';

interface Version {
  readonly id: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const;

export class Keys {
  readonly #keys = new Map<string, { enabled: boolean; readonly versions: Version[] }>();

  /** A new version; its id. */
  add({ name, enabled = true }: VaultKey): string {
    const version = { id: randomUUID().replaceAll('-', ''), ...generateKeyPairSync('rsa', { modulusLength: 2_048 }) };
    const folded = name.toLowerCase();
    this.#keys.set(folded, { enabled, versions: [...(this.#keys.get(folded)?.versions ?? []), version] });
    return version.id;
  }

  enable(name: string, enabled: boolean): void {
    const key = this.#keys.get(name.toLowerCase());
    if (key !== undefined) key.enabled = enabled;
  }

  find(name: string, version: string): (Version & { readonly enabled: boolean }) | undefined {
    const key = this.#keys.get(name.toLowerCase());
    const found = version === '' ? key?.versions.at(-1) : key?.versions.find(({ id }) => id === version);
    return key === undefined || found === undefined ? undefined : { ...found, enabled: key.enabled };
  }
}

export const wrap = ({ publicKey }: Version, value: Buffer): Buffer => publicEncrypt({ key: publicKey, ...padding }, value);

/** Null: not what this version wrapped. */
export function unwrap({ privateKey }: Version, value: Buffer): Buffer | null {
  try {
    return privateDecrypt({ key: privateKey, ...padding }, value);
  } catch {
    return null;
  }
}
