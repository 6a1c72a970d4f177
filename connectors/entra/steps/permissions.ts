/** Permissions: application permissions, delegated grants, directory roles. */
import { convertApi, convertAppRoleAssignments } from '../converters/app-roles.ts';
import { byCodeUnits, guid } from '../converters/common.ts';
import { convertDelegatedGrant } from '../converters/delegated-grants.ts';
import { convertDirectory, convertDirectoryRole } from '../converters/directory-roles.ts';
import type { GraphRoleAssignment } from '../graph-types.ts';
import { emit, type EntraStep, orIncomplete } from './emit.ts';

export async function appRoleAssignments(context: EntraStep): Promise<void> {
  for (const { resource, held, scanned } of await context.client.directory(context.signal).appRoleAssignments()) {
    context.scanned(scanned);
    await emit(context, convertAppRoleAssignments(resource, held));
  }
}

export async function delegatedGrants(context: EntraStep): Promise<void> {
  const directory = context.client.directory(context.signal);
  const resources = new Map((await orIncomplete(context, directory.servicePrincipals(), [])).map((one) => [guid(one.id), one]));
  const seen = new Set<string>();
  for await (const page of directory.permissionGrants()) {
    context.scanned(page.length);
    for (const grant of page) {
      const resource = resources.get(guid(grant.resourceId));
      if (resource !== undefined && !seen.has(resource.id)) {
        seen.add(resource.id);
        await context.entity(convertApi(resource));
      }
      await emit(context, convertDelegatedGrant(grant, resource?.displayName ?? undefined));
    }
  }
}

export async function directoryRoles(context: EntraStep): Promise<void> {
  const directory = context.client.directory(context.signal);
  const [definitions, assignments] = await Promise.all([directory.roleDefinitions(), directory.roleAssignments()]);
  context.scanned(assignments.length);
  const byDefinition = new Map<string, GraphRoleAssignment[]>();
  for (const one of assignments) {
    const id = guid(one.roleDefinitionId);
    const known = byDefinition.get(id);
    if (known === undefined) byDefinition.set(id, [one]);
    else known.push(one);
  }
  const known = new Map(definitions.map((definition) => [guid(definition.id), definition]));
  await emit(context, convertDirectory(context.client.tenant));
  for (const id of [...byDefinition.keys()].sort(byCodeUnits)) {
    // A definition made or removed between the two lists is still held: its id is all that is known of it.
    await emit(context, convertDirectoryRole(known.get(id) ?? { id }, byDefinition.get(id) ?? [], context.client.tenant));
  }
}
