/** Directory roles that somebody holds, over the whole directory or a part of it. */
import type { EntityRef } from '../../../domain/graph/types.ts';
import type { EmittedEdge } from '../../sdk/types.ts';
import type { GraphRoleAssignment, GraphRoleDefinition } from '../graph-types.ts';
import { isPrivilegedTemplate } from '../privileged-roles.ts';
import { byCodeUnits, resourceRef, type Emission, flag, identityRef, guid, kindOf, nameOf, ownerRef, props, text } from './common.ts';

const WHOLE_DIRECTORY = '/';

/** `assignments` are all of this definition. A definition that nobody holds becomes nothing. */
export function convertDirectoryRole(
  definition: GraphRoleDefinition,
  assignments: readonly GraphRoleAssignment[],
  tenant: string,
): Emission {
  if (assignments.length === 0) return { entities: [], edges: [] };
  const self = { type: 'role', native_id: guid(definition.id) } as const;
  const template = guid(text(definition.templateId) ?? definition.id);
  const builtIn = flag(definition.isBuiltIn);
  const holders = [...assignments].sort((a, b) =>
    byCodeUnits(`${a.principalId}|${a.directoryScopeId}`, `${b.principalId}|${b.directoryScopeId}`),
  );
  return {
    entities: [
      {
        ...self,
        subtype: 'directory_role',
        display_name: nameOf(definition.displayName, definition.id),
        props: props({
          template_id: template,
          is_built_in: builtIn,
          enabled: flag(definition.isEnabled),
          // Microsoft labels its own roles; of a role that the customer made v1.0 says nothing, so neither do we.
          is_privileged: builtIn === false ? undefined : isPrivilegedTemplate(template),
        }),
        join_keys: [],
      },
    ],
    edges: [
      ...(holders.some((one) => scopeOf(one) === WHOLE_DIRECTORY)
        ? [{ from: self, to: resourceRef(tenant), type: 'APPLIES_TO' as const, props: {} }]
        : []),
      ...holders.flatMap((one) => holding(one, self)),
    ],
  };
}

export function convertDirectory(tenant: string): Emission {
  return {
    entities: [
      { ...resourceRef(tenant), subtype: 'directory', display_name: guid(tenant), props: { tenant_id: guid(tenant) }, join_keys: [] },
    ],
    edges: [],
  };
}

/** Users are owners in this graph, and inherit; service principals and groups are identities, and hold. */
function holding(assignment: GraphRoleAssignment, role: EntityRef): EmittedEdge[] {
  const kind = kindOf(assignment.principal ?? {});
  const scope = scopeOf(assignment);
  const rest = { to: role, props: { scope }, ...(scope === WHOLE_DIRECTORY ? {} : { qualifier: scope }) };
  if (kind === 'user') return [{ from: ownerRef(assignment.principalId), type: 'MEMBER_OF', ...rest }];
  if (kind === 'group' || kind === 'servicePrincipal') return [{ from: identityRef(assignment.principalId), type: 'HAS_ROLE', ...rest }];
  if (kind !== 'unknown') return [];
  // Graph did not say what holds it: it is in the graph as the one or as the other, and an edge of what is not there proves nothing.
  return [
    { from: ownerRef(assignment.principalId), type: 'MEMBER_OF', ...rest },
    { from: identityRef(assignment.principalId), type: 'HAS_ROLE', ...rest },
  ];
}

const scopeOf = (assignment: GraphRoleAssignment): string => text(assignment.directoryScopeId) ?? WHOLE_DIRECTORY;
