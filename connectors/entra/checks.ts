/** One object of one list per application permission. */
import type { PermissionCheck } from '../sdk/checks.ts';
import type { EntraClient } from './client.ts';
import { PERMISSIONS } from './manifest.ts';

const probe =
  (path: string, permission: string): PermissionCheck<EntraClient> =>
  (client, signal) =>
    client.directory(signal).probe(path, permission);

export const entraChecks: Readonly<Record<string, PermissionCheck<EntraClient>>> = {
  [PERMISSIONS.applications]: probe('/applications', PERMISSIONS.applications),
  [PERMISSIONS.users]: probe('/users', PERMISSIONS.users),
  [PERMISSIONS.roles]: probe('/roleManagement/directory/roleDefinitions', PERMISSIONS.roles),
  [PERMISSIONS.groups]: probe('/groups', PERMISSIONS.groups),
  [PERMISSIONS.grants]: probe('/oauth2PermissionGrants', PERMISSIONS.grants),
};
