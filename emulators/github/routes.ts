/** Which request is which, what a token needs for it, and what it is answered with. */
import * as answers from './answers.ts';
import type { RequestKind } from './options.ts';
import type { Grant } from './tokens.ts';
import type { GithubWorld, WorldRepository } from './types.ts';

/** A list is paged; `field` is where it stands in the body when it is not the body itself. `null`: there is no such thing. */
export type Found = { readonly list: readonly unknown[]; readonly field?: string } | { readonly one: unknown } | null;

export interface Route {
  readonly kind: RequestKind;
  /** The permission that an installation's token needs; the platform's own names. */
  readonly permission: string | null;
  readonly repository: WorldRepository | null;
  find(): Found;
}

type Find = (world: GithubWorld, parts: readonly string[], query: URLSearchParams, grant: Grant) => Found;
type FindIn = (repository: WorldRepository, parts: readonly string[], query: URLSearchParams, world: GithubWorld) => Found;

const IN_ORGANIZATION: readonly (readonly [RegExp, RequestKind, string | null, Find])[] = [
  [/^$/, 'organization', null, (world) => ({ one: answers.account(world) })],
  [
    /^\/repos$/,
    'repositories',
    'metadata',
    (world, _parts, _query, grant) => ({ list: visible(world, grant).map((one) => answers.repository(world, one)) }),
  ],
  [
    /^\/installations$/,
    'installations',
    'organization_administration',
    (world) => ({ field: 'installations', list: world.installations.map((one) => answers.installation(world, one)) }),
  ],
  [
    /^\/actions\/secrets$/,
    'organization_secrets',
    'organization_secrets',
    (world) => ({ field: 'secrets', list: world.secrets.map(answers.secret) }),
  ],
  [
    /^\/actions\/secrets\/([^/]+)\/repositories$/,
    'organization_secret_repositories',
    'organization_secrets',
    (world, [name]) => {
      const secret = world.secrets.find((one) => one.name === name && one.visibility === 'selected');
      if (secret === undefined) return null;
      return {
        field: 'repositories',
        list: world.repositories.filter(({ id }) => secret.repositories?.includes(id)).map((one) => answers.repository(world, one)),
      };
    },
  ],
  [
    /^\/actions\/oidc\/customization\/sub$/,
    'oidc_organization',
    'organization_administration',
    (world) => ({ one: { include_claim_keys: world.claimKeys } }),
  ],
];

const IN_REPOSITORY: readonly (readonly [RegExp, RequestKind, string, FindIn])[] = [
  [/^$/, 'repository', 'metadata', (repository, _parts, _query, world) => ({ one: answers.repository(world, repository) })],
  [
    /^\/collaborators$/,
    'collaborators',
    'metadata',
    ({ admins }, _parts, query) => {
      const everybody = [...admins, { id: 999_000_001, login: 'org-owner' }];
      const shown = query.get('affiliation') === 'direct' ? admins : everybody;
      return { list: shown.map((user) => ({ ...user, type: 'User', site_admin: false, permissions: { admin: true } })) };
    },
  ],
  [
    /^\/environments$/,
    'environments',
    'actions',
    ({ environments }) => ({ field: 'environments', list: environments.map(answers.environment) }),
  ],
  [
    /^\/environments\/([^/]+)\/deployment-branch-policies$/,
    'branch_policies',
    'actions',
    ({ environments }, [name]) => {
      const branches = environments.find((one) => one.name === name)?.branches;
      return Array.isArray(branches)
        ? { field: 'branch_policies', list: branches.map((pattern, index) => ({ id: index + 1, name: pattern, type: 'branch' })) }
        : null;
    },
  ],
  [
    /^\/environments\/([^/]+)\/secrets$/,
    'environment_secrets',
    'environments',
    ({ environments }, [name]) => {
      const environment = environments.find((one) => one.name === name);
      return environment === undefined ? null : { field: 'secrets', list: environment.secrets.map(answers.secret) };
    },
  ],
  [/^\/actions\/workflows$/, 'workflows', 'actions', ({ workflows }) => ({ field: 'workflows', list: workflows.map(answers.workflow) })],
  [/^\/actions\/secrets$/, 'repository_secrets', 'secrets', ({ secrets }) => ({ field: 'secrets', list: secrets.map(answers.secret) })],
  [
    /^\/actions\/oidc\/customization\/sub$/,
    'oidc_repository',
    'actions',
    (repository, _parts, _query, world) => ({ one: answers.oidc(world, repository) }),
  ],
  [/^\/keys$/, 'deploy_keys', 'administration', ({ deployKeys }) => ({ list: deployKeys.map(answers.deployKey) })],
  [
    /^\/contents\/(.+)$/,
    'contents',
    'contents',
    ({ workflows }, [path = '']) => {
      const found = workflows.find((one) => one.path === path && one.text !== null);
      return found?.text === undefined || found.text === null ? null : { one: answers.file(path, found.text) };
    },
  ],
];

/** Null: no such address, or not for this token. */
export function routeOf(url: URL, grant: Grant): Route | null {
  const { world } = grant;
  const path = decodeURI(url.pathname);
  if (path === '/rate_limit') return route('rate_limit', null, () => ({ one: { resources: { core: { limit: 5000, remaining: 4999 } } } }));
  if (path === '/installation/repositories' && grant.installation !== null) {
    return route('installation_repositories', null, () => ({
      field: 'repositories',
      list: visible(world, grant).map((one) => answers.repository(world, one)),
    }));
  }
  const app = /^\/apps\/([^/]+)$/.exec(path)?.[1];
  if (app !== undefined) {
    const found = world.installations.find((one) => one.app.slug === app && one.app.public)?.app;
    return route('app', null, () =>
      found === undefined ? null : { one: { id: found.id, slug: found.slug, owner: { login: found.publisher } } },
    );
  }
  const organization = /^\/(?:orgs|organizations)\/([^/]+)(.*)$/.exec(path);
  if (organization !== null) {
    const [, named = '', rest = ''] = organization;
    if (named.toLowerCase() !== world.organization.login.toLowerCase() && named !== String(world.organization.id)) return null;
    return matching(IN_ORGANIZATION, rest, (find, parts) => find(world, parts, url.searchParams, grant), null);
  }
  const one = /^\/repos\/([^/]+)\/([^/]+)(.*)$/.exec(path) ?? /^\/repositories()\/(\d+)(.*)$/.exec(path);
  const [, owner = '', named = '', rest = ''] = one ?? [];
  if (one === null || (owner !== '' && owner.toLowerCase() !== world.organization.login.toLowerCase())) return null;
  const repository = visible(world, grant).find(({ id, name }) =>
    owner === '' ? String(id) === named : name.toLowerCase() === named.toLowerCase(),
  );
  if (repository === undefined) return null;
  return matching(IN_REPOSITORY, rest, (find, parts) => find(repository, parts, url.searchParams, world), repository);
}

const visible = (world: GithubWorld, { repositories }: Grant): readonly WorldRepository[] =>
  world.repositories.filter(({ id }) => repositories === null || repositories.has(id));

const route = (kind: RequestKind, permission: string | null, find: () => Found, repository: WorldRepository | null = null): Route => ({
  kind,
  permission,
  repository,
  find,
});

function matching<Finder>(
  table: readonly (readonly [RegExp, RequestKind, string | null, Finder])[],
  rest: string,
  call: (find: Finder, parts: readonly string[]) => Found,
  repository: WorldRepository | null,
): Route | null {
  for (const [pattern, kind, permission, find] of table) {
    const match = pattern.exec(rest);
    if (match !== null) return route(kind, permission, () => call(find, match.slice(1)), repository);
  }
  return null;
}
