/** Accounts and roles. */
import type { EmittedEdge, EmittedEntity } from '../../sdk/types.ts';
import type { Role, RoleContains, User, UserRole } from '../rows.ts';
import { identityRef, instant, nameOf, props, roleRef, text } from './common.ts';

export function convertUser(user: User): EmittedEntity {
  return {
    ...identityRef(user.sys_id),
    subtype: 'user',
    display_name: nameOf(user.user_name, user.name, user.sys_id),
    props: props({
      active: user.active,
      locked_out: user.locked_out,
      user_name: text(user.user_name),
      full_name: text(user.name),
      web_service_access_only: user.web_service_access_only,
      internal_integration_user: user.internal_integration_user,
      created_at: instant(user.sys_created_on),
      // Never, as far back as the instance remembers, is something else than not known.
      last_login_at: user.last_login_time === null ? null : instant(user.last_login_time),
    }),
    join_keys: [],
  };
}

/** Several grants of one role (by hand, by two groups) are one holding; `inherited` only when every one of them is. */
export function convertUserRoles(grants: readonly UserRole[]): EmittedEdge[] {
  const holdings = new Map<string, { user: string; role: string; inherited: boolean }>();
  for (const { user, role, inherited } of grants) {
    if (user === undefined || role === undefined) continue;
    const key = `${user}|${role}`;
    const known = holdings.get(key);
    holdings.set(key, { user, role, inherited: (known?.inherited ?? true) && inherited === true });
  }
  return [...holdings.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { user, role, inherited }]) => ({ from: identityRef(user), to: roleRef(role), type: 'HAS_ROLE', props: { inherited } }));
}

export function convertRole(role: Role): EmittedEntity {
  return {
    ...roleRef(role.sys_id),
    subtype: 'role',
    display_name: nameOf(role.name, role.sys_id),
    props: props({ name: text(role.name), elevated_privilege: role.elevated_privilege }),
    join_keys: [],
  };
}

export function convertContainment(rows: readonly RoleContains[]): EmittedEdge[] {
  return rows.flatMap(({ role, contains }) =>
    role === undefined || contains === undefined || role === contains
      ? []
      : [{ from: roleRef(role), to: roleRef(contains), type: 'HAS_ROLE' as const, props: {} }],
  );
}
