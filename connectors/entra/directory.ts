/**
 * What is asked of Microsoft Graph, and how often: lists with the relation expanded instead of one call per object, one list per API
 * instead of one per client, and every list at most once per run, since several categories need it.
 */
import { mapBounded } from '../sdk/http.ts';
import { SourceError } from '../sdk/types.ts';
import type { Graph } from './client.ts';
import { guid, kindOf } from './converters/common.ts';
import {
  type GraphApplication,
  type GraphAppRoleAssignment,
  type GraphFederatedCredential,
  type GraphFederatedHolder,
  type GraphGroup,
  type GraphKeyHolder,
  type GraphPermissionGrant,
  type GraphReference,
  type GraphRoleAssignment,
  type GraphRoleDefinition,
  type GraphServicePrincipal,
  type GraphUser,
  graphApplication,
  graphAppRoleAssignment,
  graphFederatedCredential,
  graphFederatedHolder,
  graphGroup,
  graphKeyHolder,
  graphPermissionGrant,
  graphReference,
  graphRoleAssignment,
  graphRoleDefinition,
  graphServicePrincipal,
  graphUser,
} from './graph-types.ts';
import { PERMISSIONS } from './manifest.ts';

/** `$expand` gives at most 20 related objects and no next link (Graph, "Use query parameters"): a full list is read again by itself. */
const EXPAND_CAP = 20;
/** Values that `in` takes in one `$filter` (Graph, "Use the $filter query parameter"). */
const IN_CAP = 15;
/** Lists read side by side; the client has its own, lower, limit of requests in flight. */
const WIDTH = 8;

export interface ResourceAssignments {
  readonly resource: GraphServicePrincipal;
  /** To service principals and groups. Users who were let in to an application are counted, not kept: there can be a million of them. */
  readonly held: readonly GraphAppRoleAssignment[];
  readonly scanned: number;
}

export class Directory {
  readonly #graph: Graph;
  readonly #preview: Graph;
  readonly #kept = new Map<string, Promise<unknown>>();
  /** `preview`: the beta version of the same Graph, for what only that tells. */
  constructor(graph: Graph, preview: Graph) {
    this.#graph = graph;
    this.#preview = preview;
  }

  probe(path: string, permission: string): Promise<void> {
    return this.#graph.probe(path, permission);
  }

  applications(): Promise<readonly GraphApplication[]> {
    return this.#once('applications', async () => {
      const all = await this.#graph.list({
        path: '/applications',
        item: graphApplication,
        permission: PERMISSIONS.applications,
        select: ['id', 'appId', 'displayName', 'createdDateTime', 'signInAudience'],
        expand: 'owners($select=id)',
      });
      return this.#completeOwners('/applications', all);
    });
  }

  servicePrincipals(): Promise<readonly GraphServicePrincipal[]> {
    return this.#once('servicePrincipals', async () => {
      const all = await this.#graph.list({
        path: '/servicePrincipals',
        item: graphServicePrincipal,
        permission: PERMISSIONS.applications,
        expand: 'owners($select=id)',
        select: ['id', 'appId', 'displayName', 'accountEnabled', 'servicePrincipalType', 'appOwnerOrganizationId', 'tags', 'appRoles'],
      });
      return this.#completeOwners('/servicePrincipals', all);
    });
  }

  /** Selecting `keyCredentials` is limited on its own, so no other list asks for it. */
  keys(path: '/applications' | '/servicePrincipals'): AsyncGenerator<GraphKeyHolder[], void, undefined> {
    return this.#graph.pages({
      path,
      item: graphKeyHolder,
      permission: PERMISSIONS.applications,
      select: ['id', 'passwordCredentials', 'keyCredentials'],
    });
  }

  async federatedCredentials(): Promise<readonly GraphFederatedHolder[]> {
    const select = ['id', 'name', 'issuer', 'subject', 'audiences'];
    const all = await this.#graph.list({
      path: '/applications',
      item: graphFederatedHolder,
      permission: PERMISSIONS.applications,
      select: ['id'],
      expand: `federatedIdentityCredentials($select=${select.join(',')})`,
    });
    return mapBounded(all, WIDTH, async (holder) => {
      const path = `/applications/${encodeURIComponent(holder.id)}/federatedIdentityCredentials`;
      const listed = holder.federatedIdentityCredentials ?? [];
      const whole = isCut(holder.federatedIdentityCredentials)
        ? await this.#graph.list({ path, item: graphFederatedCredential, permission: PERMISSIONS.applications, select })
        : listed;
      if (whole.every(({ subject }) => Boolean(subject))) return { id: holder.id, federatedIdentityCredentials: whole };
      const expressions = await this.#expressions(path);
      return {
        id: holder.id,
        federatedIdentityCredentials: whole.map((one) => ({ ...one, claimsMatchingExpression: expressions.get(one.id) ?? null })),
      };
    });
  }

  /**
   * A credential without a subject matches claims by an expression, which v1.0 does not tell (Microsoft Graph beta,
   * "federatedIdentityCredential"). Where the preview refuses, the credential stays a trust of which it is not known whom it lets in.
   */
  async #expressions(path: string): Promise<ReadonlyMap<string, GraphFederatedCredential['claimsMatchingExpression']>> {
    try {
      const told = await this.#preview.list({
        path,
        item: graphFederatedCredential,
        permission: PERMISSIONS.applications,
        select: ['id', 'claimsMatchingExpression'],
      });
      return new Map(told.map((one) => [one.id, one.claimsMatchingExpression]));
    } catch (error) {
      if (error instanceof SourceError && error.class === 'persistent') return new Map();
      throw error;
    }
  }

  /** By resource, in the order of the service principals; only of those that define roles. */
  appRoleAssignments(): Promise<readonly ResourceAssignments[]> {
    return this.#once('appRoleAssignments', async () => {
      const resources = (await this.servicePrincipals()).filter((principal) => (principal.appRoles ?? []).length > 0);
      return mapBounded(resources, WIDTH, async (resource) => {
        const held: GraphAppRoleAssignment[] = [];
        let scanned = 0;
        const pages = this.#graph.pages({
          path: `/servicePrincipals/${encodeURIComponent(resource.id)}/appRoleAssignedTo`,
          item: graphAppRoleAssignment,
          permission: PERMISSIONS.applications,
          select: ['id', 'appRoleId', 'principalId', 'principalType', 'resourceId', 'createdDateTime'],
        });
        for await (const page of pages) {
          scanned += page.length;
          for (const one of page) if (one.principalType !== 'User') held.push(one);
        }
        return { resource, held, scanned };
      });
    });
  }

  permissionGrants(): AsyncGenerator<GraphPermissionGrant[], void, undefined> {
    return this.#graph.pages({
      path: '/oauth2PermissionGrants',
      item: graphPermissionGrant,
      permission: PERMISSIONS.grants,
      select: ['id', 'clientId', 'consentType', 'principalId', 'resourceId', 'scope'],
    });
  }

  roleDefinitions(): Promise<readonly GraphRoleDefinition[]> {
    return this.#graph.list({
      path: '/roleManagement/directory/roleDefinitions',
      item: graphRoleDefinition,
      permission: PERMISSIONS.roles,
      select: ['id', 'templateId', 'displayName', 'isBuiltIn', 'isEnabled'],
    });
  }

  roleAssignments(): Promise<readonly GraphRoleAssignment[]> {
    return this.#once('roleAssignments', () =>
      this.#graph.list({
        path: '/roleManagement/directory/roleAssignments',
        item: graphRoleAssignment,
        permission: PERMISSIONS.roles,
        select: ['id', 'principalId', 'roleDefinitionId', 'directoryScopeId'],
        expand: 'principal($select=id)',
      }),
    );
  }

  /** In the order of `ids`; a group that is gone meanwhile is left out. */
  groups(ids: readonly string[]): Promise<readonly GraphGroup[]> {
    return this.#byIds(ids, (filter) =>
      this.#graph.list({
        path: '/groups',
        item: graphGroup,
        permission: PERMISSIONS.groups,
        filter,
        select: ['id', 'displayName', 'securityEnabled', 'isAssignableToRole'],
      }),
    );
  }

  /** Direct members: a group that can hold a directory role cannot have groups in it (Graph, "Use groups to manage role assignments"). */
  groupMembers(id: string): Promise<readonly GraphReference[]> {
    return this.#related(`/groups/${encodeURIComponent(id)}/members`, PERMISSIONS.groups);
  }

  groupOwners(id: string): Promise<readonly GraphReference[]> {
    return this.#related(`/groups/${encodeURIComponent(id)}/owners`, PERMISSIONS.groups);
  }

  /** In the order of `ids`; a user who is gone meanwhile is left out. */
  users(ids: readonly string[]): Promise<readonly GraphUser[]> {
    return this.#byIds(ids, (filter) =>
      this.#graph.list({
        path: '/users',
        item: graphUser,
        permission: PERMISSIONS.users,
        filter,
        select: ['id', 'displayName', 'userPrincipalName', 'accountEnabled', 'userType'],
      }),
    );
  }

  async groupIdsHoldingDirectoryRoles(): Promise<readonly string[]> {
    return (await this.roleAssignments()).filter((one) => kindOf(one.principal ?? {}) === 'group').map((one) => guid(one.principalId));
  }

  #related(path: string, permission: string): Promise<readonly GraphReference[]> {
    return this.#once(path, () => this.#graph.list({ path, item: graphReference, permission, select: ['id'] }));
  }

  async #completeOwners<Item extends { id: string; owners?: GraphReference[] | null | undefined }>(
    path: string,
    items: Item[],
  ): Promise<Item[]> {
    return mapBounded(items, WIDTH, async (item) =>
      isCut(item.owners)
        ? { ...item, owners: [...(await this.#related(`${path}/${encodeURIComponent(item.id)}/owners`, PERMISSIONS.applications))] }
        : item,
    );
  }

  async #byIds<Item extends { id: string }>(ids: readonly string[], read: (filter: string) => Promise<Item[]>): Promise<Item[]> {
    const chunks: string[][] = [];
    for (let at = 0; at < ids.length; at += IN_CAP) chunks.push(ids.slice(at, at + IN_CAP));
    const found = await mapBounded(chunks, WIDTH, (chunk) => read(`id in (${chunk.map(quote).join(',')})`));
    const byId = new Map(found.flat().map((item) => [guid(item.id), item]));
    return ids.flatMap((id) => byId.get(guid(id)) ?? []);
  }

  /** A failed reading is forgotten, so that a later category tries for itself. */
  #once<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#kept.get(key) as Promise<Value> | undefined;
    if (known !== undefined) return known;
    const reading = read();
    this.#kept.set(key, reading);
    reading.catch(() => this.#kept.delete(key));
    return reading;
  }
}

/** Also when the relation was not expanded at all: its absence is not an empty list. */
const isCut = (related: readonly unknown[] | null | undefined): boolean =>
  related === undefined || related === null || related.length >= EXPAND_CAP;

/** OData doubles a quote inside a literal. */
const quote = (value: string): string => `'${value.replaceAll("'", "''")}'`;
