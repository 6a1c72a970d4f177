/** Parts of a category that may fail without taking the others with them. */
import { SourceError, type StepContext } from '../../sdk/types.ts';
import { endsEverything } from '../errors.ts';

type Reporter = Pick<StepContext<unknown>, 'incomplete'>;

/** The part's result, or `undefined` after reporting why it is missing. A deadline and what is no failure of the source is thrown on. */
export async function section<T>({ incomplete }: Reporter, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    incomplete(error);
    return undefined;
  }
}

/** So many refusals without one success mean that the permission is missing, and not that single items are closed. */
const REFUSALS_TO_GIVE_UP = 20;

/**
 * `section` for calls that are made once per item. A refusal may be one item's own (a bucket policy), so the others are still
 * asked; the same failure is reported once, and when nothing can succeed any more the rest is not asked. An item that was listed a
 * moment ago and is not there any more was deleted meanwhile: that is no gap.
 */
export function perItem({ incomplete }: Reporter) {
  const reported = new Set<string>();
  const refusals = new Map<string, number>();
  let ended = false;
  return async <T>(permission: string, read: () => Promise<T>): Promise<T | undefined> => {
    if (ended || (refusals.get(permission) ?? 0) >= REFUSALS_TO_GIVE_UP) return undefined;
    const report = (error: SourceError): void => {
      if (error.code === 'AWS_NOT_FOUND') return;
      ended ||= endsEverything(error);
      if (error.code === 'AWS_ACCESS_DENIED') refusals.set(permission, (refusals.get(permission) ?? 0) + 1);
      const what = `${error.code} ${error.subject ?? ''}`;
      if (!reported.has(what)) incomplete(error);
      reported.add(what);
    };
    return section({ incomplete: report }, async () => {
      const answer = await read();
      refusals.set(permission, Number.NEGATIVE_INFINITY);
      return answer;
    });
  };
}
