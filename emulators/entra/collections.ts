/** Which collections there are, what is in them, and what can be expanded. */
import type { DeniedRead } from './options.ts';
import type { DirectoryObject, World } from './objects.ts';
import { checkedSelect, GraphRefusal, project } from './schema.ts';

export interface Collection {
  readonly type: string;
  readonly denied: DeniedRead;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  /** Relation to the objects that it leads to, with their type. */
  readonly relations?: Readonly<Record<string, { readonly type: string; of(id: string): unknown }>>;
}

/** Graph expands at most 20, and says nothing of the rest (Microsoft Graph, "Use query parameters"). */
const EXPAND_CAP = 20;

export class Collections {
  readonly #world: World;
  readonly #objects: ReadonlyMap<string, DirectoryObject>;
  constructor(world: World) {
    this.#world = world;
    this.#objects = new Map(
      [...world.users, ...world.groups, ...world.applications, ...world.servicePrincipals].map((one) => [one.id, one]),
    );
  }

  /** `path` without `/v1.0`. Throws a 404 in Graph's shape. */
  at(path: string): Collection {
    const world = this.#world;
    const related =
      /^\/(applications|servicePrincipals|groups)\/([^/]+)\/(owners|members|federatedIdentityCredentials|appRoleAssignedTo)$/.exec(path);
    if (related !== null)
      return this.#related(
        related[1] as 'applications' | 'servicePrincipals' | 'groups',
        decodeURIComponent(related[2] ?? ''),
        related[3] ?? '',
      );
    switch (path) {
      case '/applications':
        return {
          type: 'application',
          denied: 'applications',
          items: world.applications,
          relations: {
            owners: { type: 'directoryObject', of: (id) => this.#resolve(world.owners.get(id)) },
            federatedIdentityCredentials: {
              type: 'federatedIdentityCredential',
              of: (id) => world.federatedIdentityCredentials.get(id) ?? [],
            },
          },
        };
      case '/servicePrincipals':
        return {
          type: 'servicePrincipal',
          denied: 'servicePrincipals',
          items: world.servicePrincipals,
          relations: { owners: { type: 'directoryObject', of: (id) => this.#resolve(world.owners.get(id)) } },
        };
      case '/users':
        return { type: 'user', denied: 'users', items: world.users };
      case '/groups':
        return { type: 'group', denied: 'groups', items: world.groups };
      case '/oauth2PermissionGrants':
        return { type: 'oAuth2PermissionGrant', denied: 'oauth2PermissionGrants', items: world.oauth2PermissionGrants };
      case '/roleManagement/directory/roleDefinitions':
        return { type: 'unifiedRoleDefinition', denied: 'roleManagement', items: world.roleDefinitions };
      case '/roleManagement/directory/roleAssignments':
        return {
          type: 'unifiedRoleAssignment',
          denied: 'roleManagement',
          items: world.roleAssignments,
          relations: { principal: { type: 'directoryObject', of: (id) => this.#principalOf(id) } },
        };
      default:
        throw new GraphRefusal(404, 'Request_ResourceNotFound', 'Resource not found for the segment.');
    }
  }

  #related(kind: 'applications' | 'servicePrincipals' | 'groups', id: string, relation: string): Collection {
    if (!this.#objects.has(id)) throw new GraphRefusal(404, 'Request_ResourceNotFound', 'Resource does not exist.');
    const world = this.#world;
    if (relation === 'owners') return { type: 'directoryObject', denied: kind, items: this.#resolve(world.owners.get(id)) };
    if (relation === 'members' && kind === 'groups')
      return { type: 'directoryObject', denied: 'groups', items: this.#resolve(world.members.get(id)) };
    if (relation === 'federatedIdentityCredentials' && kind === 'applications') {
      return { type: 'federatedIdentityCredential', denied: 'applications', items: world.federatedIdentityCredentials.get(id) ?? [] };
    }
    if (relation === 'appRoleAssignedTo' && kind === 'servicePrincipals') {
      return {
        type: 'appRoleAssignment',
        denied: 'appRoleAssignedTo',
        items: world.appRoleAssignments.filter((one) => one.resourceId === id),
      };
    }
    throw new GraphRefusal(404, 'Request_ResourceNotFound', 'Resource not found for the segment.');
  }

  #resolve(ids: readonly string[] = []): DirectoryObject[] {
    return ids.flatMap((id) => this.#objects.get(id) ?? []);
  }

  #principalOf(assignmentId: string): unknown {
    const assignment = this.#world.roleAssignments.find((one) => one.id === assignmentId);
    return this.#objects.get(String(assignment?.principalId)) ?? null;
  }
}

/** `owners($select=id)`: one relation only, as Graph has it. */
export function expander(
  expand: string | null,
  collection: Collection,
): (item: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  if (expand === null || expand === '') return () => ({});
  const match = /^([A-Za-z]+)(?:\(\$select=([A-Za-z0-9,]+)\))?$/.exec(expand);
  const name = match?.[1] ?? '';
  const relation = collection.relations?.[name];
  if (relation === undefined)
    throw new GraphRefusal(400, 'BadRequest', 'Could not expand: one known relation can be expanded in a request.');
  const fields = checkedSelect(match?.[2] ?? null, relation.type);
  return (item) => {
    const related = relation.of(String(item.id));
    if (!Array.isArray(related)) return { [name]: related === null ? null : project(related as Record<string, unknown>, fields) };
    return { [name]: related.slice(0, EXPAND_CAP).map((one: Record<string, unknown>) => project(one, fields)) };
  };
}

/** `id in ('…','…')`, at most fifteen: the one filter that is emulated. */
export function filterOf(filter: string | null): (item: Readonly<Record<string, unknown>>) => boolean {
  if (filter === null || filter === '') return () => true;
  const list = /^id in \(((?:'(?:[^']|'')*')(?:,'(?:[^']|'')*')*)\)$/.exec(filter);
  if (list?.[1] === undefined) throw new GraphRefusal(400, 'Request_UnsupportedQuery', 'Unsupported or invalid query filter clause.');
  const ids = list[1].split(',').map((quoted) => quoted.slice(1, -1).replaceAll("''", "'"));
  if (ids.length > 15)
    throw new GraphRefusal(400, 'Request_UnsupportedQuery', 'Too many child clauses specified in search filter expression.');
  return (item) => ids.includes(String(item.id));
}
