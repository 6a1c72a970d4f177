/** `mode: check`: one cheap call per permission that the manifest declares, and what came of it. Nothing is emitted. */
import { CHECK_MISSING, CHECK_UNDECIDED } from '../../domain/connectors/connection-test.ts';
import type { CellError } from '../../domain/runs/types.ts';
import { type ConnectorDefinition, SourceError } from './types.ts';

/** There is nothing in the source that the permission could be tried on, or no call that tells. `why` is fixed text. */
export const undecided = (why: string): SourceError =>
  new SourceError(why, { code: CHECK_UNDECIDED, class: 'persistent', actor: 'nobody' });

/** The source's ways to say that a permission is not there. What is asked for is known to exist, so that "not found" means "hidden". */
const DENIED: ReadonlySet<string> = new Set(['AWS_ACCESS_DENIED', 'SOURCE_PERMISSION_DENIED', 'SOURCE_NOT_FOUND', 'SOURCE_ROWS_HIDDEN']);

/** These say nothing of one permission: nothing more is asked, and the error names none. */
const GENERAL =
  /^(?:SOURCE_(?:CREDENTIALS_\w+|UNREACHABLE|UNAVAILABLE|HOST_NOT_FOUND|TLS_FAILED|ADDRESS_REFUSED|THROTTLED)|AWS_(?:CREDENTIALS_\w+|THROTTLED|UNAVAILABLE|CLOCK_SKEW)|CONNECTOR_DEADLINE)$/;

export interface Checked {
  readonly granted: number;
  readonly errors: readonly CellError[];
}

export type PermissionCheck<Client> = (client: Client, signal: AbortSignal) => Promise<void>;

/** Asks once per permission, whichever categories need it. */
export function createChecker<Client>(
  { checks = {} }: Pick<ConnectorDefinition<Client>, 'checks'>,
  client: Client,
  signal: AbortSignal,
  classify: (error: unknown) => CellError,
): (permissions: readonly string[]) => Promise<Checked> {
  const asked = new Map<string, Promise<CellError | null>>();
  let stopped: CellError | null = null;
  const ask = async (permission: string): Promise<CellError | null> => {
    if (stopped !== null) return stopped;
    try {
      const check = Object.hasOwn(checks, permission) ? checks[permission] : undefined;
      if (check === undefined) throw undecided('the connector has no call that tells');
      await check(client, signal);
      return null;
    } catch (error) {
      const { code, class: failure, message, actor } = classify(error);
      if (GENERAL.test(code)) {
        stopped = { code, class: failure, message, actor };
        return stopped;
      }
      const about = { class: failure, actor, subject: permission };
      if (!DENIED.has(code)) return { ...about, code, message };
      return { ...about, code: CHECK_MISSING, message: message.includes('grant') ? message : `${message}; grant ${permission}` };
    }
  };
  return async (permissions) => {
    const results: (CellError | null)[] = [];
    // One after the other: a test is no load.
    for (const permission of permissions) {
      const known = asked.get(permission) ?? ask(permission);
      asked.set(permission, known);
      results.push(await known);
    }
    return {
      granted: results.filter((result) => result === null).length,
      errors: [...new Set(results.filter((result) => result !== null))],
    };
  };
}
