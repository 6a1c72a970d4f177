/** Groups that hold something, and everybody who owns, holds or inherits something. */
import { mapBounded } from '../../sdk/http.ts';
import { guid, kindOf, sortedUnique } from '../converters/common.ts';
import { convertGroup } from '../converters/groups.ts';
import { convertOwningPrincipal, convertUser } from '../converters/users.ts';
import type { Directory } from '../directory.ts';
import type { GraphReference } from '../graph-types.ts';
import { emit, type EntraStep, orIncomplete } from './emit.ts';

const WIDTH = 8;

/**
 * Members are read of groups that hold a directory role. Of a group that was only let in to an application the members are left out, and
 * its `members_read` says so: app roles of a group reach users, never the app-only tokens of service principals in it.
 */
export async function groups(context: EntraStep): Promise<void> {
  const directory = context.client.directory(context.signal);
  const privileged = new Set(await orIncomplete(context, directory.groupIdsHoldingDirectoryRoles(), []));
  const assigned = (await orIncomplete(context, directory.appRoleAssignments(), []))
    .flatMap(({ held }) => held)
    .filter((one) => one.principalType === 'Group')
    .map((one) => guid(one.principalId));
  const all = await directory.groups(sortedUnique([...privileged, ...assigned]));
  context.scanned(all.length);
  const related = await mapBounded(all, WIDTH, async (group) => {
    if (!privileged.has(guid(group.id))) return { members: null, owners: null };
    return {
      members: await orIncomplete<readonly GraphReference[] | null>(context, directory.groupMembers(group.id), null),
      owners: await orIncomplete<readonly GraphReference[] | null>(context, directory.groupOwners(group.id), null),
    };
  });
  for (const [index, group] of all.entries()) {
    const { members, owners } = related[index] ?? { members: null, owners: null };
    await emit(context, convertGroup(group, privileged.has(guid(group.id)), members, owners));
  }
}

/**
 * An owner of whom nothing but the id may be read is still an owner: without the entity, the edge would lead nowhere, and what it owns
 * would look as if nobody owned it.
 */
export async function users(context: EntraStep): Promise<void> {
  const directory = context.client.directory(context.signal);
  const mentioned = await mentions(context, directory);
  const userIds = sortedUnique(mentioned.filter((one) => kindOf(one) === 'user').map((one) => guid(one.id)));
  const found = new Map((await orIncomplete(context, directory.users(userIds), [])).map((user) => [guid(user.id), user]));
  context.scanned(userIds.length);
  for (const id of userIds) await context.entity(convertUser(found.get(id) ?? { id }));

  const principals = new Map((await orIncomplete(context, directory.servicePrincipals(), [])).map((one) => [guid(one.id), one]));
  const owning = mentioned.filter((one) => one.owns && kindOf(one) === 'servicePrincipal').map((one) => guid(one.id));
  for (const id of sortedUnique(owning)) await context.entity(convertOwningPrincipal(id, principals.get(id)));
}

type Mention = GraphReference & { readonly owns: boolean };

/** Everybody whom another category's edges lead to. */
async function mentions(context: EntraStep, directory: Directory): Promise<readonly Mention[]> {
  const applications = await orIncomplete(context, directory.applications(), []);
  const principals = await orIncomplete(context, directory.servicePrincipals(), []);
  const roleHolders = (await orIncomplete(context, directory.roleAssignments(), [])).flatMap((one) =>
    one.principal ? [one.principal] : [],
  );
  const groupIds = sortedUnique(roleHolders.filter((one) => kindOf(one) === 'group').map((one) => guid(one.id)));
  const ofGroups = await mapBounded(groupIds, WIDTH, async (id) => ({
    members: await orIncomplete(context, directory.groupMembers(id), []),
    owners: await orIncomplete(context, directory.groupOwners(id), []),
  }));
  const owners = [...applications, ...principals, ...ofGroups].flatMap((one) => one.owners ?? []);
  const others = [...roleHolders, ...ofGroups.flatMap((one) => one.members)];
  return [...owners.map((one) => ({ ...one, owns: true })), ...others.map((one) => ({ ...one, owns: false }))];
}
