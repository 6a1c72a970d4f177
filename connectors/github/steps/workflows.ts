/** Category `workflows`. */
import { SourceError, type StepContext } from '../../sdk/types.ts';
import type { GithubClient } from '../client.ts';
import { batchOf } from '../converters/batch.ts';
import { convertWorkflow, needsTemplate } from '../converters/workflow.ts';
import { PERMISSIONS } from '../manifest.ts';
import { orRefusal, refusalOf } from '../refusals.ts';
import { eachRepository } from '../walk.ts';
import { adminsOrRefusal, live } from './repositories.ts';

export async function workflows(context: StepContext<GithubClient>): Promise<void> {
  const client = context.client.under(context.signal);
  await eachRepository(context, await live(client), PERMISSIONS.actions, async (repository) => {
    const { files, errors } = await client.workflows(repository);
    const refusals = errors.map((error) => refusalOf(error, PERMISSIONS.contents, repository.full_name));
    // The form of a repository's subjects is asked for only where a job can have one.
    const template = files.some(({ facts }) => needsTemplate(facts))
      ? await orRefusal(() => client.oidcTemplate(repository), PERMISSIONS.actions, repository.full_name)
      : null;
    const unknown = template instanceof SourceError;
    const owners = files.length === 0 ? [] : await adminsOrRefusal(client, repository);
    const ownersUnknown = owners instanceof SourceError;
    const parts = files.map(({ workflow, facts }) =>
      convertWorkflow({
        ...client.settings,
        repository,
        workflow,
        facts,
        template: unknown ? null : template,
        owners: ownersUnknown ? [] : owners,
      }),
    );
    return batchOf({
      scanned: files.length,
      entities: parts.flatMap((part) => part.entities),
      edges: parts.flatMap((part) => part.edges),
      errors: [...refusals, ...(unknown ? [template] : []), ...(ownersUnknown ? [owners] : [])],
    });
  });
}
