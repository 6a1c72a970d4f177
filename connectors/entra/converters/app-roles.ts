/** Application permissions: app roles of an API, granted to service principals and groups. */
import type { EmittedEntity } from '../../sdk/types.ts';
import type { GraphAppRole, GraphAppRoleAssignment, GraphServicePrincipal } from '../graph-types.ts';
import { resourceRef, byCodeUnits, type Emission, flag, identityRef, guid, instant, nameOf, props, text } from './common.ts';

/** Only roles that somebody holds become entities: Microsoft Graph alone declares several hundred. */
export function convertAppRoleAssignments(resource: GraphServicePrincipal, assignments: readonly GraphAppRoleAssignment[]): Emission {
  const declared = new Map((resource.appRoles ?? []).map((role) => [guid(role.id), role]));
  const held = assignments
    .filter((one) => one.principalType === 'ServicePrincipal' || one.principalType === 'Group')
    .map((one) => ({ ...one, appRoleId: guid(one.appRoleId) }))
    .filter((one) => one.appRoleId !== DEFAULT_ACCESS)
    .sort((a, b) => byCodeUnits(`${a.appRoleId}|${a.principalId}`, `${b.appRoleId}|${b.principalId}`));
  if (held.length === 0) return { entities: [], edges: [] };
  const api = convertApi(resource);
  const roleIds = [...new Set(held.map((one) => one.appRoleId))];
  return {
    entities: [api, ...roleIds.map((id) => convertAppRole(resource, id, declared.get(id)))],
    edges: [
      ...roleIds.map((id) => ({ from: appRoleRef(resource.id, id), to: resourceRef(resource.id), type: 'APPLIES_TO' as const, props: {} })),
      ...held.map((one) => ({
        from: identityRef(one.principalId),
        to: appRoleRef(resource.id, one.appRoleId),
        type: 'GRANTS' as const,
        props: props({ granted_at: instant(one.createdDateTime) }),
      })),
    ],
  };
}

/** An assignment without a role: it lets somebody sign in to the application and gives no permission (Graph, appRoleAssignment). */
const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000';

const appRoleRef = (resourceId: string, roleId: string) =>
  ({ type: 'permission', native_id: `${guid(resourceId)}/${guid(roleId)}` }) as const;

function convertAppRole(resource: GraphServicePrincipal, id: string, role: GraphAppRole | undefined): EmittedEntity {
  const appId = text(resource.appId);
  return {
    ...appRoleRef(resource.id, id),
    subtype: 'app_role',
    display_name: nameOf(role?.value, role?.displayName, id),
    props: props({
      value: text(role?.value),
      display: text(role?.displayName),
      role_id: id,
      // A role that was granted and then taken out of the API's manifest is still granted, and says nothing of itself any more.
      enabled: flag(role?.isEnabled),
      resource_app_id: appId === undefined ? undefined : guid(appId),
      resource_display_name: text(resource.displayName),
    }),
    join_keys: [],
  };
}

/** The API that a permission reaches. Both categories that speak of APIs emit it, with the same content. */
export function convertApi(resource: GraphServicePrincipal): EmittedEntity {
  const appId = text(resource.appId);
  return {
    ...resourceRef(resource.id),
    subtype: 'api',
    display_name: nameOf(resource.displayName, appId, resource.id),
    props: props({ app_id: appId === undefined ? undefined : guid(appId), service_principal_id: guid(resource.id) }),
    join_keys: [],
  };
}
