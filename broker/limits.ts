/** Milliseconds for one read of a vault or one use of a key. Whoever does not answer by then is away; Temporal would call the worker lost much later. */
export const KEEPER_TIMEOUT_MS = 10_000;
