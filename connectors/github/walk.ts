/** How a category goes over the repositories: some at a time, written in order, and one repository's refusal does not cost the others. */
import { mapBounded } from '../sdk/http.ts';
import { SourceError, type StepContext } from '../sdk/types.ts';
import type { Repository } from './api-types.ts';
import type { GithubClient } from './client.ts';
import type { Batch } from './converters/batch.ts';
import { orRefusal } from './refusals.ts';

/** Repositories read at the same time, and how many may be finished but not yet written. */
const WIDTH = 6;
const CHUNK = 48;

/**
 * What the scope names and nobody shows us may be gone or hidden: the category says so, because what it left out without a word would
 * count as removed (DATA-03).
 */
export async function reportUnseen(context: StepContext<GithubClient>): Promise<readonly SourceError[]> {
  const client = context.client.under(context.signal);
  const unseen = (await client.unseenRepositories()).map(
    (name) =>
      new SourceError('the allow-list of the scope names a repository that is not found, or hidden from the credential', {
        code: 'SOURCE_NOT_FOUND',
        class: 'persistent',
        actor: 'customer',
        subject: `${client.settings.organization}/${name}`,
      }),
  );
  for (const error of unseen) context.incomplete(error);
  return unseen;
}

/** Throws the first refusal when nothing at all could be read: the category has failed, it is not partial. */
export async function eachRepository(
  context: StepContext<GithubClient>,
  repositories: readonly Repository[],
  permission: string,
  read: (repository: Repository) => Promise<Batch>,
): Promise<void> {
  const write = writer(context);
  const unseen = await reportUnseen(context);
  let refused: SourceError | null = repositories.length === 0 ? (unseen[0] ?? null) : null;
  let done = 0;
  for (let start = 0; start < repositories.length; start += CHUNK) {
    const chunk = repositories.slice(start, start + CHUNK);
    const batches = await mapBounded(chunk, WIDTH, (repository) => orRefusal(() => read(repository), permission, repository.full_name));
    for (const batch of batches) {
      if (batch instanceof SourceError) {
        refused ??= batch;
        context.incomplete(batch);
      } else {
        const nothing = batch.scanned === 0 && batch.entities.length === 0 && batch.errors.length > 0;
        if (nothing) refused ??= batch.errors[0] ?? null;
        else done += 1;
        await write(batch);
      }
    }
  }
  if (refused !== null && done === 0) throw refused;
}

/** Writes batches; an entity that several of them hold (a person, a subject) is written once. */
export function writer(context: StepContext<GithubClient>): (batch: Batch) => Promise<void> {
  const written = new Set<string>();
  return async (batch) => {
    for (const entity of batch.entities) {
      const key = `${entity.type} ${entity.native_id}`;
      if (written.has(key)) continue;
      written.add(key);
      await context.entity(entity);
    }
    for (const edge of batch.edges) await context.edge(edge);
    for (const error of batch.errors) context.incomplete(error);
    context.scanned(batch.scanned);
  };
}
