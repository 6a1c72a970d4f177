/** Category `secrets`. */
import { mapBounded } from '../../sdk/http.ts';
import { SourceError, type StepContext } from '../../sdk/types.ts';
import type { ActionsSecret, Environment, Repository } from '../api-types.ts';
import type { GithubClient } from '../client.ts';
import { type Batch, batchOf } from '../converters/batch.ts';
import { convertReferences, convertSecret, namesOf, type VisibleSecrets } from '../converters/secret.ts';
import { PERMISSIONS } from '../manifest.ts';
import { orRefusal, refusalOf } from '../refusals.ts';
import { eachRepository, writer } from '../walk.ts';
import { live } from './repositories.ts';

/** An organization secret and who may use it: a predicate over repositories. */
interface SharedSecret {
  readonly secret: ActionsSecret;
  sharedWith(repository: Repository): boolean;
}

export async function secrets(context: StepContext<GithubClient>): Promise<void> {
  const client = context.client.under(context.signal);
  const repositories = await live(client);
  const shared = await organizationSecrets(context, client);
  await eachRepository(context, repositories, PERMISSIONS.secrets, (repository) => repositorySecrets(client, repository, shared));
}

async function organizationSecrets(context: StepContext<GithubClient>, client: GithubClient): Promise<readonly SharedSecret[]> {
  const organization = client.settings.organization;
  const found = await orRefusal(() => client.organizationSecrets(), PERMISSIONS.organizationSecrets, organization);
  if (found instanceof SourceError) {
    context.incomplete(found);
    return [];
  }
  const errors: SourceError[] = [];
  const shared = await mapBounded(found, 4, async (secret): Promise<SharedSecret> => {
    if (secret.visibility === 'all') return { secret, sharedWith: () => true };
    if (secret.visibility === 'private') return { secret, sharedWith: (repository) => repository.private };
    const selected = await orRefusal(() => client.secretRepositories(secret.name), PERMISSIONS.organizationSecrets, organization);
    if (!(selected instanceof SourceError)) return { secret, sharedWith: ({ id }) => selected.has(id) };
    errors.push(selected);
    return { secret, sharedWith: () => false };
  });
  const entities = shared.map(({ secret }) => convertSecret({ level: 'organization' }, secret, {}));
  await writer(context)(batchOf({ scanned: found.length, entities, errors }));
  return shared;
}

async function repositorySecrets(client: GithubClient, repository: Repository, shared: readonly SharedSecret[]): Promise<Batch> {
  const errors: SourceError[] = [];
  const attempt = async <Result>(ask: () => Promise<Result>, permission: string, otherwise: Result): Promise<Result> => {
    const result = await orRefusal(ask, permission, repository.full_name);
    if (!(result instanceof SourceError)) return result;
    errors.push(result);
    return otherwise;
  };
  const own = await client.repositorySecrets(repository);
  const environments = await attempt(() => client.environments(repository), PERMISSIONS.actions, []);
  const perEnvironment = await Promise.all(
    environments.map(
      async (environment): Promise<[Environment, readonly ActionsSecret[]]> => [
        environment,
        await attempt(() => client.environmentSecrets(repository, environment), PERMISSIONS.environments, []),
      ],
    ),
  );
  const workflows = await attempt(() => client.workflows(repository), PERMISSIONS.actions, { files: [], errors: [] });
  errors.push(...workflows.errors.map((error) => refusalOf(error, PERMISSIONS.contents, repository.full_name)));

  const visible: VisibleSecrets = {
    organization: namesOf(shared.filter((one) => one.sharedWith(repository)).map(({ secret }) => secret)),
    repository: namesOf(own),
    environments: new Map(perEnvironment.map(([{ id, name }, held]) => [name.toLowerCase(), { id, names: namesOf(held) }])),
  };
  const where = { repository: repository.full_name };
  return batchOf({
    scanned: own.length + perEnvironment.reduce((sum, [, held]) => sum + held.length, 0),
    entities: [
      ...own.map((secret) => convertSecret({ level: 'repository', repository: repository.id }, secret, where)),
      ...perEnvironment.flatMap(([{ id, name }, held]) =>
        held.map((secret) => convertSecret({ level: 'environment', environment: id }, secret, { ...where, environment: name })),
      ),
    ],
    edges: workflows.files.flatMap(({ workflow, facts }) =>
      facts === null ? [] : convertReferences(repository, workflow.id, facts, visible),
    ),
    errors,
  });
}
