/** The secrets of a vault: names without regard to case, every write a new version. */
import { randomUUID } from 'node:crypto';
import type { VaultSecret } from './options.ts';

/** https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates: 1 to 127 of these, case-insensitive. */
const NAME = /^[0-9A-Za-z-]{1,127}$/;

export interface Version {
  readonly id: string;
  readonly secret: VaultSecret;
  readonly created: Date;
}

export class Secrets {
  /** By the folded name; newest last. */
  readonly #versions = new Map<string, Version[]>();

  static allows(name: string): boolean {
    return NAME.test(name);
  }

  set(secret: VaultSecret): Version {
    const version = { id: randomUUID().replaceAll('-', ''), secret, created: new Date() };
    const folded = secret.name.toLowerCase();
    this.#versions.set(folded, [...(this.#versions.get(folded) ?? []), version]);
    return version;
  }

  get(name: string, version: string): Version | undefined {
    const versions = this.#versions.get(name.toLowerCase()) ?? [];
    return version === '' ? versions.at(-1) : versions.find((it) => it.id === version);
  }

  remove(name: string): void {
    this.#versions.delete(name.toLowerCase());
  }

  /** The newest of each, by name. */
  newest(): readonly Version[] {
    return [...this.#versions.keys()].sort().flatMap((name) => this.#versions.get(name)?.at(-1) ?? []);
  }
}
