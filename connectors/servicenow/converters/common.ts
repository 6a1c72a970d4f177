/** What all converters share. */
import type { EntityRef, PropValue, Props } from '../../../domain/graph/types.ts';
import type { EmittedEdge, EmittedEntity } from '../../sdk/types.ts';

export interface Emission {
  readonly entities: readonly EmittedEntity[];
  readonly edges: readonly EmittedEdge[];
}

const MAX_NAME = 256;

/** A string that JSON can carry anywhere: a lone surrogate has no canonical form (DATA-01). */
export const text = (value: string | undefined): string | undefined =>
  value === undefined || value === '' ? undefined : value.toWellFormed();

export function nameOf(...candidates: readonly (string | undefined)[]): string {
  const found = candidates.map((candidate) => text(candidate)?.trim()).find((candidate) => candidate !== undefined && candidate !== '');
  return found === undefined ? '(unnamed)' : found.slice(0, MAX_NAME).toWellFormed();
}

/** Leaves out what the source did not say: unknown is the absence of a prop. `null` is kept: it says "never". */
export function props(values: Readonly<Record<string, PropValue | undefined>>): Props {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, PropValue] => entry[1] !== undefined));
}

/** `2026-03-01 09:15:00`, in UTC, as the Table API gives it with `sysparm_display_value=false`. */
export function instant(value: string | undefined): string | undefined {
  return value !== undefined && /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(value) ? `${value.replace(' ', 'T')}Z` : undefined;
}

const refer =
  (type: EntityRef['type']) =>
  (nativeId: string): EntityRef => ({ type, native_id: nativeId });
export const workloadRef = refer('workload');
export const connectionRef = refer('connection');
export const credentialRef = refer('credential');
export const identityRef = refer('identity');
export const roleRef = refer('role');
/** What starts something: a catalog item or a flow's trigger by its sys_id, a table by `table:<name>`, a schedule by `schedule:<sys_id>`. */
export const eventSourceRef = refer('resource');

export const sortedUnique = (values: readonly string[]): string[] => [...new Set(values)].sort();
