/** What the worker does for its own part against a child (security.md, "the child reads its neighbours"). Called once by the worker's start. */

/**
 * Node opens its debugger on SIGUSR1 when nobody handles the signal: a child of the same user could then read everything. With a
 * handler it stays closed. Returns how to undo it.
 */
export function hardenWorker(): () => void {
  const ignore = (): void => undefined;
  process.on('SIGUSR1', ignore);
  return () => {
    process.off('SIGUSR1', ignore);
  };
}
