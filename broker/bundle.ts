/** What a resolve gives: the values, for one run, in memory only (CRED-07). It does not show them when logged, serialised or inspected. */
import { inspect } from 'node:util';

export interface BundleFacts {
  readonly provider: string;
  /** The provider's version of the credential, or the provider's name where there is none. Never derived from a value. */
  readonly version: string;
  readonly expires_at: Date | null;
}

export class CredentialBundle {
  readonly #variables: Readonly<Record<string, string>>;
  readonly facts: BundleFacts;

  constructor(variables: Readonly<Record<string, string>>, facts: BundleFacts) {
    this.#variables = { ...variables };
    this.facts = facts;
  }

  /** Names only, sorted. */
  get keyNames(): readonly string[] {
    return Object.keys(this.#variables).sort();
  }

  /** The one way to the values: for the child's environment, and for the redactor that keeps them out of its log. */
  reveal(): Readonly<Record<string, string>> {
    return this.#variables;
  }

  toJSON(): unknown {
    return { provider: this.facts.provider, version: this.facts.version, key_names: this.keyNames };
  }

  [inspect.custom](): string {
    return `CredentialBundle(${this.keyNames.join(', ')})`;
  }
}
