/** What a vault of the emulator holds and how it misbehaves. */
export interface VaultSecret {
  readonly name: string;
  readonly value: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly enabled?: boolean;
  readonly notBefore?: Date;
  readonly expires?: Date;
}

/** RSA, 2,048 bits; its private half stays in the vault. */
export interface VaultKey {
  readonly name: string;
  readonly enabled?: boolean;
}

export interface KeyVaultNastiness {
  /** So many vault requests answer 429; one that comes before `Retry-After` is over is refused too and begins the wait anew. */
  readonly throttle?: { readonly requests: number; readonly retryAfterMs: number };
  /** The vault answers 503. */
  readonly unavailable?: boolean;
  /** The token endpoint has no identity for this host. */
  readonly noIdentity?: boolean;
  /** The token endpoint answers with this status: 429, 410, 503. */
  readonly identityAway?: number;
  /** The identity has lost its rights. */
  readonly denied?: boolean;
  /** The vault takes no token, also not one that was issued here. */
  readonly rejectTokens?: boolean;
}

export interface KeyVaultEmulatorOptions {
  readonly port?: number;
  readonly secrets?: readonly VaultSecret[];
  /** What the identity may do: `get` is all that the broker needs. */
  readonly permissions?: readonly ('get' | 'list' | 'set')[];
  readonly keys?: readonly VaultKey[];
  /** Without `get` a client never sees the public half. */
  readonly keyPermissions?: readonly ('get' | 'wrapKey' | 'unwrapKey')[];
  readonly pageSize?: number;
  readonly nasty?: KeyVaultNastiness;
}
