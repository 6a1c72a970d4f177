/** Categories `repositories`, `environments` and `deploy_keys`. */
import { SourceError, type StepContext } from '../../sdk/types.ts';
import type { Repository, User } from '../api-types.ts';
import type { GithubClient } from '../client.ts';
import { type Batch, batchOf } from '../converters/batch.ts';
import { convertDeployKey, convertEnvironment, convertRepository, convertUser } from '../converters/repository.ts';
import { PERMISSIONS } from '../manifest.ts';
import { orRefusal } from '../refusals.ts';
import { eachRepository } from '../walk.ts';

export async function repositories(context: StepContext<GithubClient>): Promise<void> {
  const client = context.client.under(context.signal);
  await eachRepository(context, await client.repositories(), PERMISSIONS.metadata, async (repository) => {
    const admins = await adminsOrRefusal(client, repository);
    const refused = admins instanceof SourceError;
    const { entities, edges } = convertRepository(repository, refused ? null : admins);
    return batchOf({
      scanned: 1,
      entities: [...entities, ...(refused ? [] : admins.map(convertUser))],
      edges,
      errors: refused ? [admins] : [],
    });
  });
}

export async function environments(context: StepContext<GithubClient>): Promise<void> {
  const client = context.client.under(context.signal);
  await eachRepository(context, await live(client), PERMISSIONS.actions, async (repository): Promise<Batch> => {
    const found = await client.environments(repository);
    const parts = await Promise.all(
      found.map(async (environment) => {
        const custom = environment.deployment_branch_policy?.custom_branch_policies === true;
        const patterns = custom
          ? await orRefusal(() => client.branchPatterns(repository, environment), PERMISSIONS.actions, repository.full_name)
          : [];
        const refused = patterns instanceof SourceError;
        return { ...convertEnvironment(repository, environment, refused ? null : patterns), errors: refused ? [patterns] : [] };
      }),
    );
    return batchOf({
      scanned: found.length,
      entities: parts.flatMap((part) => part.entities),
      edges: parts.flatMap((part) => part.edges),
      errors: parts.flatMap((part) => part.errors),
    });
  });
}

export async function deployKeys(context: StepContext<GithubClient>): Promise<void> {
  const client = context.client.under(context.signal);
  await eachRepository(context, await client.repositories(), PERMISSIONS.repositoryAdministration, async (repository) => {
    const parts = (await client.deployKeys(repository)).map((key) => convertDeployKey(repository, key));
    return batchOf({ scanned: parts.length, entities: parts.flatMap((part) => part.entities), edges: parts.flatMap((part) => part.edges) });
  });
}

/** Nothing runs in an archived or disabled repository, and GitHub answers 404 or 403 to some questions about it. */
export const live = async (client: GithubClient): Promise<readonly Repository[]> =>
  (await client.repositories()).filter(({ archived, disabled }) => !archived && !disabled);

/** Who answers for what is in the repository. A refusal leaves out edges of the category that asks, which has to report it. */
export const adminsOrRefusal = (client: GithubClient, repository: Repository): Promise<readonly User[] | SourceError> =>
  orRefusal(() => client.admins(repository), PERMISSIONS.metadata, repository.full_name);
