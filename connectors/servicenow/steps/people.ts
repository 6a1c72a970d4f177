/** Accounts that matter, and roles. */
import { sortedUnique } from '../converters/common.ts';
import { convertContainment, convertRole, convertUser, convertUserRoles } from '../converters/people.ts';
import { INTEGRATION_USERS, NOTABLE_ROLE_GRANTS, ROLE_CONTAINS, ROLES, rolesOfUsers, SCHEDULED_JOBS, usersById } from '../requests.ts';
import type { User, UserRole } from '../rows.ts';
import { chunks, emit, rowsOf, type ServicenowStep } from './read.ts';

export async function users(context: ServicenowStep): Promise<void> {
  const found = new Map<string, User>();
  for (const user of await rowsOf(context, INTEGRATION_USERS, true)) found.set(user.sys_id, user);
  const grants: UserRole[] = [...(await rowsOf(context, NOTABLE_ROLE_GRANTS))];
  const runners = sortedUnique((await rowsOf(context, SCHEDULED_JOBS)).flatMap((job) => job.run_as ?? []));
  for (const part of chunks(runners)) grants.push(...(await rowsOf(context, rolesOfUsers(part))));
  const mentioned = sortedUnique([...runners, ...grants.flatMap((grant) => grant.user ?? [])]).filter((id) => !found.has(id));
  for (const part of chunks(mentioned)) for (const user of await rowsOf(context, usersById(part))) found.set(user.sys_id, user);
  context.scanned(found.size);
  const ids = sortedUnique([...found.keys()]);
  for (const id of ids) await context.entity(convertUser(found.get(id) as User));
  await emit(context, { entities: [], edges: convertUserRoles(grants.filter((grant) => found.has(grant.user ?? ''))) });
}

export async function roles(context: ServicenowStep): Promise<void> {
  const all = await rowsOf(context, ROLES, true);
  const contained = await rowsOf(context, ROLE_CONTAINS);
  context.scanned(all.length);
  await emit(context, { entities: all.map(convertRole), edges: convertContainment(contained) });
}
