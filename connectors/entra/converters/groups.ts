/** Groups that hold a directory role or an application permission, and who inherits from them. */
import type { EmittedEdge } from '../../sdk/types.ts';
import type { GraphGroup, GraphReference } from '../graph-types.ts';
import { type Emission, flag, identityRef, guid, kindOf, nameOf, ownerRef, props } from './common.ts';
import { ownership } from './applications.ts';

/** `members` and `owners` are null where they were not read. */
export function convertGroup(
  group: GraphGroup,
  holdsDirectoryRole: boolean,
  members: readonly GraphReference[] | null,
  owners: readonly GraphReference[] | null,
): Emission {
  const self = identityRef(group.id);
  return {
    entities: [
      {
        ...self,
        subtype: 'group',
        display_name: nameOf(group.displayName, group.id),
        props: props({
          object_id: guid(group.id),
          security_enabled: flag(group.securityEnabled),
          is_assignable_to_role: flag(group.isAssignableToRole),
          holds_directory_role: holdsDirectoryRole,
          members_read: members !== null,
        }),
        join_keys: [],
      },
    ],
    edges: [...(members ?? []).flatMap((member) => membership(member, group.id)), ...ownership(self, owners ?? [])],
  };
}

function membership(member: GraphReference, groupId: string): EmittedEdge[] {
  const kind = kindOf(member);
  const to = identityRef(groupId);
  if (kind === 'user') return [{ from: ownerRef(member.id), to, type: 'MEMBER_OF', props: {} }];
  if (kind === 'servicePrincipal') return [{ from: identityRef(member.id), to, type: 'MEMBER_OF', props: {} }];
  return [];
}
