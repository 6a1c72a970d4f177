/** `permissions` of a workflow or a job: what its `GITHUB_TOKEN` may do, and whether it may ask for an OIDC token. */
import { isMap } from './yaml-map.ts';

export type PermissionLevel = 'read' | 'write';
/** Scopes that are granted explicitly. `*` stands for every scope. */
export type PermissionSet = Readonly<Record<string, PermissionLevel>>;

/** Null when nothing is said: the repository's default applies, which never holds `id-token` (docs.github.com, "Workflow syntax"). */
export function readPermissions(value: unknown): PermissionSet | null {
  if (value === undefined || value === null) return null;
  if (value === 'write-all') return { '*': 'write', 'id-token': 'write' };
  if (value === 'read-all') return { '*': 'read' };
  if (!isMap(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, PermissionLevel] => /^[a-z-]{1,40}$/.test(entry[0]) && (entry[1] === 'read' || entry[1] === 'write'),
    ),
  );
}

/** A job's own permissions replace those of the workflow; they are not added to them. */
export const effectivePermissions = (workflow: PermissionSet | null, job: PermissionSet | null): PermissionSet | null => job ?? workflow;
