/** What commands do with answers: take what is there, throw what was refused, go on to the next page. */
import { ApiProblemError, problemOfAnswer, unknownAnswer } from './problem.ts';

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** @throws ApiProblemError; TransientError `API_UNREACHABLE`; PersistentError `API_ANSWER_UNKNOWN` */
export async function answer<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked.catch((problem: unknown) => {
    // A proxy's page with 200; the parser's message repeats how it begins.
    throw problem instanceof SyntaxError ? unknownAnswer(200) : problem;
  });
  if (!response.ok) throw problemOfAnswer(response.status, error);
  return data as T;
}

/** Null for what is not there. */
export async function found<T>(asked: Promise<Answer<T>>): Promise<T | null> {
  try {
    return await answer(asked);
  } catch (error) {
    if (error instanceof ApiProblemError && error.status === 404) return null;
    throw error;
  }
}

/** Every item of a list, page by page. */
export async function* items<T>(
  page: (cursor: { readonly cursor?: string }) => Promise<{ readonly items: readonly T[]; readonly next_cursor: string | null }>,
): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const { items: some, next_cursor } = await page(cursor === null ? {} : { cursor });
    yield* some;
    cursor = next_cursor;
  } while (cursor !== null);
}
