/** What privileges an identity or role holds, by the tables of `privileged.ts` and, in AWS, by its policies. */
import type { Entity } from '../../graph/types.ts';
import type { RuleContext, RuleInput } from '../types.ts';
import { unread } from './coverage.ts';
import { administers } from './iam/admin.ts';
import { openMethods } from './iam/escalation.ts';
import { policiesOf } from './iam/statements.ts';
import {
  AWS_IAM,
  ENTRA_APP_ROLE_ASSIGNMENTS,
  ENTRA_DIRECTORY_ROLES,
  ENTRA_GROUPS,
  GITHUB_INSTALLATIONS,
  SERVICENOW_ROLES,
  SERVICENOW_USERS,
} from './inputs.ts';
import { perContext } from './memo.ts';
import { sortedUnique } from './order.ts';
import {
  BROAD_GRAPH_ROLES,
  MICROSOFT_GRAPH_APP_ID,
  PRIVILEGED_DIRECTORY_ROLES,
  PRIVILEGED_GITHUB_PERMISSIONS,
  PRIVILEGED_SERVICENOW_ROLES,
  SELF_GRANTING_GRAPH_ROLES,
} from './privileged.ts';
import { strings, text } from './state.ts';

export interface Held {
  /** Sorted names for a reader; empty when there are none. */
  readonly names: readonly string[];
  readonly edges: readonly string[];
  /** Why there may be more than `names` says. */
  readonly missing: string | undefined;
}

export const PRIVILEGE_INPUTS: readonly RuleInput[] = [
  AWS_IAM,
  ENTRA_APP_ROLE_ASSIGNMENTS,
  ENTRA_DIRECTORY_ROLES,
  ENTRA_GROUPS,
  SERVICENOW_USERS,
  SERVICENOW_ROLES,
  GITHUB_INSTALLATIONS,
];

const cache = perContext(() => new Map<string, Held>());

export function privilegesOf(context: RuleContext, holder: Entity): Held {
  const known = cache(context).get(holder.id);
  if (known !== undefined) return known;
  const missing = unread(
    context,
    PRIVILEGE_INPUTS.filter((input) => input.source_system === holder.source_system),
    holder.source_tenant,
  );
  const found = holder.source_system === 'aws' ? inAws(context, holder) : walk(context, holder);
  const held: Held = { ...found, names: sortedUnique(found.names), missing: missing ?? found.missing };
  cache(context).set(holder.id, held);
  return held;
}

function inAws(context: RuleContext, principal: Entity): Held {
  const admin = administers(context, principal).decision;
  const edges = policiesOf(context, principal).edges.map((edge) => edge.id);
  if (admin === 'yes') return { names: ['administration'], edges, missing: undefined };
  const methods = openMethods(context, principal);
  const names = methods.filter((open) => open.decision === 'yes').map((open) => `escalation: ${open.method.id}`);
  const undecided = admin === 'unknown' || methods.some((open) => open.decision === 'unknown');
  return { names, edges, missing: names.length === 0 && undecided ? 'the values of policy conditions or a boundary' : undefined };
}

/** Follows group memberships and roles (roles can contain roles), each once. */
function walk(context: RuleContext, holder: Entity): Held {
  const names: string[] =
    holder.subtype === 'app_installation' ? strings(holder, 'permissions').filter((one) => PRIVILEGED_GITHUB_PERMISSIONS.has(one)) : [];
  const edges: string[] = [];
  let untold = false;
  const seen = new Set([holder.id]);
  const queue: { readonly id: string; readonly by: readonly string[] }[] = [{ id: holder.id, by: [] }];
  for (const { id, by } of queue) {
    for (const type of ['MEMBER_OF', 'HAS_ROLE', 'GRANTS'] as const) {
      for (const edge of context.out(id, type)) {
        const target = context.entity(edge.to);
        if (target === undefined || seen.has(target.id)) continue;
        seen.add(target.id);
        const way = [...by, edge.id];
        const name = privilegeName(target);
        untold ||= name === undefined && isUntold(target);
        if (name !== undefined) {
          names.push(name);
          edges.push(...way);
        }
        if (target.type !== 'permission') queue.push({ id: target.id, by: way });
      }
    }
  }
  return { names, edges, missing: names.length === 0 && untold ? "what a directory role of the customer's own grants" : undefined };
}

/** Microsoft labels its own directory roles; of one that the customer made, nothing is read that says what it may. */
const isUntold = (entity: Entity): boolean => entity.subtype === 'directory_role' && typeof entity.props['is_privileged'] !== 'boolean';

function privilegeName(entity: Entity): string | undefined {
  const value = text(entity, 'value') ?? '';
  if (entity.subtype === 'app_role')
    return isGraphRole(entity) && (SELF_GRANTING_GRAPH_ROLES.has(value) || BROAD_GRAPH_ROLES.has(value)) ? value : undefined;
  if (entity.subtype === 'directory_role') {
    return entity.props['is_privileged'] === true || PRIVILEGED_DIRECTORY_ROLES.has(text(entity, 'template_id') ?? '')
      ? entity.display_name
      : undefined;
  }
  if (entity.source_system !== 'servicenow' || entity.type !== 'role') return undefined;
  const name = text(entity, 'name') ?? entity.display_name;
  return PRIVILEGED_SERVICENOW_ROLES.has(name) ? name : undefined;
}

export const isGraphRole = (role: Entity): boolean => text(role, 'resource_app_id') === MICROSOFT_GRAPH_APP_ID;
