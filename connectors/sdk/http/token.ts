/** The `authorize` side of a client: how a header value is come by, kept for as long as it is good, and replaced when it is refused. */

/** Gives the `Authorization` header's value. `refused` is the value that the source has just answered 401 to, else null. */
export type Authorize = (refused: string | null) => Promise<string>;

/** A header value that does not change: a refused one stays refused. */
export const staticAuthorization =
  (value: string): Authorize =>
  async () =>
    value;

export interface MintedValue {
  readonly value: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Keeps a minted value until `earlyMs` before its end (half its life, if that is shorter), and drops it when it is refused. Callers at the
 * same time share one mint: a token that expires under twenty requests is minted once. A failed mint is not kept.
 */
export function mintedAuthorization(
  mint: () => Promise<MintedValue>,
  { earlyMs = 60_000, now = Date.now }: { earlyMs?: number; now?: () => number } = {},
): Authorize {
  let kept: { readonly value: string; readonly renewAt: number } | null = null;
  let minting: Promise<{ readonly value: string; readonly renewAt: number }> | null = null;
  const renew = async (): Promise<{ readonly value: string; readonly renewAt: number }> => {
    const { value, expiresAt } = await mint();
    return { value, renewAt: expiresAt - Math.min(earlyMs, (expiresAt - now()) / 2) };
  };
  return async (refused) => {
    if (kept !== null && (kept.value === refused || kept.renewAt <= now())) kept = null;
    if (kept !== null) return kept.value;
    minting ??= renew().finally(() => {
      minting = null;
    });
    kept = await minting;
    return kept.value;
  };
}
