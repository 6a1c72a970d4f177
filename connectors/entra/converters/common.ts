/** What all converters share: names of things, and props that hold only what was said. */
import type { EntityRef, PropValue, Props } from '../../../domain/graph/types.ts';
import type { EmittedEdge, EmittedEntity } from '../../sdk/types.ts';

/** What one source object becomes. */
export interface Emission {
  readonly entities: readonly EmittedEntity[];
  readonly edges: readonly EmittedEdge[];
}

const MAX_NAME = 256;

/** A string that JSON can carry anywhere: a lone surrogate has no canonical form, and one bad name would cost the whole document (DATA-01). */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined;
}

export const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** Graph writes GUIDs in either case, and join keys are compared exactly. */
export const guid = (value: string): string => value.toLowerCase();

/** An instant as `2026-03-01T00:00:00Z`; Graph sends up to seven decimals, which say nothing here. */
export function instant(value: unknown): string | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function nameOf(...candidates: readonly unknown[]): string {
  for (const candidate of candidates) {
    const found = text(candidate)?.trim();
    if (found) return found.slice(0, MAX_NAME).toWellFormed();
  }
  return '(unnamed)';
}

/** Leaves out what the source did not say: unknown is the absence of a prop, never `false`. */
export function props(values: Readonly<Record<string, PropValue | undefined>>): Props {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, PropValue] => entry[1] !== undefined && entry[1] !== null),
  );
}

export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const sortedUnique = (values: readonly string[]): string[] => [...new Set(values)].sort(byCodeUnits);

/** Object ids are unique in a directory, so they need no prefix: an entity's native id is what an administrator finds in the portal. */
export const identityRef = (objectId: string): EntityRef => ({ type: 'identity', native_id: guid(objectId) });
export const ownerRef = (objectId: string): EntityRef => ({ type: 'owner', native_id: guid(objectId) });
/** An API is named by its service principal's object id, the whole directory by the tenant's id. */
export const resourceRef = (id: string): EntityRef => ({ type: 'resource', native_id: guid(id) });

/** `user`, `servicePrincipal`, `group`, …: the last part of `@odata.type`. */
export const kindOf = (reference: { readonly '@odata.type'?: string | null | undefined }): string =>
  reference['@odata.type']?.split('.').at(-1) ?? 'unknown';
