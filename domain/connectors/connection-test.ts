/** A connection test: which of the permissions that a connector declares its credential really has. No secret and no body is in it. */
import type { Actor } from '../errors.ts';
import type { InstanceId, TenantId } from '../ids.ts';
import type { CategoryResults } from '../runs/types.ts';
import type { ConnectorManifest } from './manifest.ts';

/** Codes of a check's errors (`mode: check` of the scope file): the subject is the permission. Any other code says that nothing is known. */
export const CHECK_MISSING = 'CHECK_MISSING';
export const CHECK_UNDECIDED = 'CHECK_UNDECIDED';

export interface PermissionVerdict {
  /** In the source's own words, as the manifest has it. */
  readonly permission: string;
  /** Which categories need it, in the manifest's order. */
  readonly categories: readonly string[];
  readonly status: 'granted' | 'missing' | 'unknown';
  /** What to grant, or why it is not known; null when it is granted. */
  readonly advice: string | null;
}

export interface ConnectionProblem {
  readonly code: string;
  readonly message: string;
  readonly actor: Actor;
}

export interface ConnectionTest {
  readonly tenant_id: TenantId;
  readonly instance_id: InstanceId;
  readonly connector: string;
  readonly tested_at: string;
  /** Why the source was not even reached with the credential; null when it was. */
  readonly problem: ConnectionProblem | null;
  /** One per permission, in the manifest's order. */
  readonly permissions: readonly PermissionVerdict[];
}

const NOT_ASKED = 'the test ended before it was asked';

/** `cells` null: the child gave none. Only categories that were tested speak. */
export function permissionVerdicts(
  manifest: Pick<ConnectorManifest, 'categories'>,
  categories: readonly string[],
  cells: CategoryResults | null,
): readonly PermissionVerdict[] {
  const tested = manifest.categories.filter(({ name }) => categories.includes(name));
  const permissions = [...new Set(tested.flatMap((category) => category.permissions))];
  return permissions.map((permission): PermissionVerdict => {
    const needing = tested.filter((category) => category.permissions.includes(permission)).map(({ name }) => name);
    const cell = cells?.[needing[0] ?? ''];
    const error = cell?.errors.find(({ subject }) => subject === permission);
    const told = { permission, categories: needing };
    if (error !== undefined) return { ...told, status: error.code === CHECK_MISSING ? 'missing' : 'unknown', advice: error.message };
    // An error that names no permission is about the whole connection.
    const general = cell?.errors.find(({ subject }) => subject === undefined || !permissions.includes(subject));
    if (cell === undefined || general !== undefined || cell.status === 'failed')
      return { ...told, status: 'unknown', advice: general?.message ?? NOT_ASKED };
    return { ...told, status: 'granted', advice: null };
  });
}

/** What kept the test from being one, out of the cells: the same error in each, that names no permission. */
export function connectionProblem(manifest: Pick<ConnectorManifest, 'categories'>, cells: CategoryResults): ConnectionProblem | null {
  const permissions = new Set(manifest.categories.flatMap((category) => category.permissions));
  const all = Object.values(cells);
  const general = all.map((cell) => cell.errors.find(({ subject }) => subject === undefined || !permissions.has(subject)));
  const [first] = general;
  if (first === undefined || general.includes(undefined)) return null;
  return { code: first.code, message: first.message, actor: first.actor };
}
