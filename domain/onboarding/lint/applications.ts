/** Applications of Entra and of GitHub: permissions that read, and nothing that is sent to us. */
import { GRAPH_APP_ID, GRAPH_READ_ROLES } from '../entra.ts';
import { isGraphRead } from '../permissions.ts';
import { isRecord, listOf, type TemplateProblem } from './problem.ts';

type Document = Readonly<Record<string, unknown>>;

/** `requiredResourceAccess` names permissions by id: only ids that are known to read pass. */
export function consentProblems(document: Document, path: string): readonly TemplateProblem[] {
  const known = new Set(Object.values(GRAPH_READ_ROLES));
  const named = listOf(document['permissions']).flatMap((permission, index) =>
    typeof permission === 'string' && isGraphRead(permission)
      ? []
      : [{ path: `${path}.permissions[${index}]`, expected: 'a permission of the directory that only reads' }],
  );
  const resources = listOf(document['requiredResourceAccess']).flatMap((resource, index) => {
    const at = `${path}.requiredResourceAccess[${index}]`;
    if (!isRecord(resource) || resource['resourceAppId'] !== GRAPH_APP_ID)
      return [{ path: `${at}.resourceAppId`, expected: `Microsoft Graph: ${GRAPH_APP_ID}` }];
    return listOf(resource['resourceAccess']).flatMap((access, position) => {
      const fits = isRecord(access) && access['type'] === 'Role' && typeof access['id'] === 'string' && known.has(access['id']);
      return fits
        ? []
        : [
            {
              path: `${at}.resourceAccess[${position}]`,
              expected: `an application permission (type Role) of ${Object.keys(GRAPH_READ_ROLES).join(', ')}`,
            },
          ];
    });
  });
  return [...named, ...resources];
}

export function githubProblems(manifest: Document, path: string): readonly TemplateProblem[] {
  const permissions = manifest['default_permissions'];
  const problems: TemplateProblem[] = isRecord(permissions)
    ? Object.entries(permissions).flatMap(([name, level]) =>
        level === 'read' ? [] : [{ path: `${path}.default_permissions.${name}`, expected: 'read' }],
      )
    : [{ path: `${path}.default_permissions`, expected: 'an object of permissions' }];
  if (listOf(manifest['default_events']).length > 0) problems.push({ path: `${path}.default_events`, expected: 'no events: we pull' });
  const hook = manifest['hook_attributes'];
  if (hook !== undefined && !(isRecord(hook) && hook['active'] === false))
    problems.push({ path: `${path}.hook_attributes.active`, expected: 'false: we pull' });
  return problems;
}
