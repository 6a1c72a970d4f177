/** Sends one command; what fails comes back classified by the permission that it needs. */
import { type CallFacts, toSourceError } from '../errors.ts';

export async function call<T>(facts: CallFacts, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw toSourceError(error, facts);
  }
}
