/** Which failures concern one thing, and which concern everything that would come after. */
import { SourceError } from '../sdk/types.ts';

const GENERAL: ReadonlySet<string> = new Set([
  'SOURCE_THROTTLED',
  'SOURCE_CREDENTIALS_REFUSED',
  'SOURCE_CREDENTIALS_EXPIRED',
  'SOURCE_UNREACHABLE',
  'SOURCE_HOST_NOT_FOUND',
  'SOURCE_TLS_FAILED',
  'SOURCE_ADDRESS_REFUSED',
]);

/** Every further call would fail as well, or we were told to stop: there is no use in going on. */
export const isGeneral = (error: unknown): boolean => !(error instanceof SourceError) || GENERAL.has(error.code);

/** The result, or the refusal that concerns this one thing; what concerns everything is thrown. */
export async function orRefusal<Result>(ask: () => Promise<Result>, permission: string, subject: string): Promise<Result | SourceError> {
  try {
    return await ask();
  } catch (error) {
    return refusalOf(error, permission, subject);
  }
}

/** A refusal in words that name what to grant (CONN-03), and the thing by its name rather than its address. Throws what is not one. */
export function refusalOf(error: unknown, permission: string, subject: string): SourceError {
  if (!(error instanceof SourceError) || isGeneral(error)) throw error;
  const hidden = error.code === 'SOURCE_PERMISSION_DENIED' || error.code === 'SOURCE_NOT_FOUND';
  return new SourceError(hidden ? `${error.message}; it needs ${permission}` : error.message, {
    code: error.code,
    class: error.class,
    actor: error.actor,
    subject,
  });
}
