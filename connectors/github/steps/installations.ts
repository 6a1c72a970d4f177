/** Category `installations`. */
import { mapBounded } from '../../sdk/http.ts';
import { SourceError, type StepContext } from '../../sdk/types.ts';
import type { Workflow } from '../api-types.ts';
import type { GithubClient } from '../client.ts';
import { batchOf } from '../converters/batch.ts';
import { convertInstallation } from '../converters/installation.ts';
import { isDispatchable } from '../converters/workflow.ts';
import { PERMISSIONS } from '../manifest.ts';
import { orRefusal, refusalOf } from '../refusals.ts';
import { reportUnseen, writer } from '../walk.ts';
import { live } from './repositories.ts';

export async function installations(context: StepContext<GithubClient>): Promise<void> {
  const client = context.client.under(context.signal);
  const { organization, apiHost } = client.settings;
  const found = await orRefusal(() => client.installations(), PERMISSIONS.organizationAdministration, organization);
  if (found instanceof SourceError) throw found;
  const publishers = await mapBounded(found, 4, ({ app_slug }) =>
    orRefusal(() => client.publisher(app_slug), PERMISSIONS.metadata, app_slug),
  );
  const everywhere = found.filter(
    (installation) => installation.repository_selection === 'all' && (installation.suspended_at ?? null) === null,
  );
  const repositories = everywhere.length > 0 ? await client.repositories() : [];
  if (everywhere.length > 0) await reportUnseen(context);
  const dispatchable = everywhere.some(({ permissions }) => permissions['actions'] === 'write')
    ? await dispatchableWorkflows(context, client)
    : [];
  const write = writer(context);
  for (const [index, installation] of found.entries()) {
    const asked = publishers[index];
    const publisher = asked instanceof SourceError ? undefined : asked;
    const batch = convertInstallation({ installation, publisher, organization, apiHost }, repositories, dispatchable);
    await write(batchOf({ scanned: 1, ...batch, errors: asked instanceof SourceError ? [asked] : [] }));
  }
}

async function dispatchableWorkflows(context: StepContext<GithubClient>, client: GithubClient): Promise<readonly Workflow[]> {
  const perRepository = await mapBounded(await live(client), 6, async (repository) => {
    const found = await orRefusal(() => client.workflows(repository), PERMISSIONS.actions, repository.full_name);
    if (found instanceof SourceError) return { workflows: [], errors: [found] };
    return {
      workflows: found.files
        .filter(({ workflow, facts }) => workflow.state === 'active' && isDispatchable(facts))
        .map(({ workflow }) => workflow),
      errors: found.errors.map((error) => refusalOf(error, PERMISSIONS.contents, repository.full_name)),
    };
  });
  for (const { errors } of perRepository) for (const error of errors) context.incomplete(error);
  return perRepository.flatMap(({ workflows }) => workflows);
}
