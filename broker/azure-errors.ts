/** What the errors of Azure's SDKs say, as far as it decides who has to act: the same for a vault of secrets and for a keeper of keys. */

export interface AzureFailure {
  /** No token was to be had, so no vault was asked (the errors of @azure/identity). */
  readonly identity: boolean;
  /** Of the answer, which is the identity endpoint's when `identity`. Null when there was none. */
  readonly status: number | null;
  /** Throttled, or away for a moment: the same request later may do. */
  readonly passing: 'throttled' | 'unavailable' | null;
  /** https://learn.microsoft.com/azure/key-vault/general/rest-error-codes: `error.innererror.code`, which the SDK spells `innerError`. */
  readonly innerCode: string | null;
}

const OF_IDENTITY = /^(?:Aggregate)?Authentication(?:Required)?Error$|^CredentialUnavailableError$/;

export function azureFailure(error: unknown): AzureFailure {
  const name = error instanceof Error ? error.name : '';
  const identity = OF_IDENTITY.test(name);
  // Why there is no managed identity is in the cause only: MSAL's own error.
  const status = statusIn(error) ?? (identity && error instanceof Error ? statusIn(error.cause) : null);
  return { identity, status, passing: passingOf(name, identity, status), innerCode: innerCodeOf(error) };
}

function passingOf(name: string, identity: boolean, status: number | null): AzureFailure['passing'] {
  if (status === 429) return 'throttled';
  if (status === 408 || (status !== null && status >= 500)) return 'unavailable';
  // An identity endpoint that is being updated answers so (Microsoft Learn, "How to use managed identities to acquire an access token", "Retry guidance").
  if (identity) return status === 404 || status === 410 ? 'unavailable' : null;
  // A request that got no answer: refused, reset, not resolved, timed out.
  return status === null && (name === 'RestError' || name === 'AbortError') ? 'unavailable' : null;
}

/** `statusCode` of the SDK's errors, `status` of MSAL's. */
function statusIn(error: unknown): number | null {
  const { statusCode, status } = (error instanceof Error ? error : {}) as { statusCode?: unknown; status?: unknown };
  return [statusCode, status].find((value) => typeof value === 'number') ?? null;
}

function innerCodeOf(error: unknown): string | null {
  const details = error instanceof Error && 'details' in error ? error.details : undefined;
  const code = (details as { error?: { innerError?: { code?: unknown } } } | undefined)?.error?.innerError?.code;
  return typeof code === 'string' ? code : null;
}
