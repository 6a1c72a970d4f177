/**
 * What the tenant's graph says of a thing that several scopes or categories report: merged in (scope id, category) order.
 * Of each field and each prop the first report that says something wins (null says nothing, nor does a display name that only repeats the
 * native id, as a stub has it); join keys are united. Deterministic whatever the order in which the reports came.
 */
import { byCodeUnits, normalEdge, normalEntity } from './normalize.ts';
import type { Edge, Entity, GraphEntity, Props, PropValue } from './types.ts';

export interface Report {
  readonly scope_id: string;
  readonly category: string;
  readonly content_hash: string;
}

export type EntityReport = Report & GraphEntity & { readonly entity_id: string };
export type EdgeReport = Report & Omit<Edge, 'id'> & { readonly edge_id: string };

const inOrder = (a: Report, b: Report): number => byCodeUnits(a.scope_id, b.scope_id) || byCodeUnits(a.category, b.category);

/** `reports` are of one entity id, at least one. */
export function mergeEntity(reports: readonly EntityReport[]): Entity {
  const sorted = reports.length === 1 ? reports : [...reports].sort(inOrder);
  const first = sorted[0] as EntityReport;
  const { type, subtype, source_system, source_tenant, native_id, category } = first;
  const identity = { type, subtype, source_system, source_tenant, native_id };
  if (sorted.length === 1) {
    const { display_name, props, join_keys, content_hash } = first;
    return { id: first.entity_id, ...identity, display_name, category, props, join_keys, content_hash };
  }
  const display_name = sorted.map((report) => report.display_name).find((name) => name !== '' && name !== native_id) ?? first.display_name;
  const join_keys = sorted.flatMap((report) => report.join_keys);
  return normalEntity(first.entity_id, {
    ...identity,
    display_name,
    category,
    props: mergeProps(sorted.map((report) => report.props)),
    join_keys,
  });
}

/** `reports` are of one edge id, at least one. */
export function mergeEdge(reports: readonly EdgeReport[]): Edge {
  const sorted = reports.length === 1 ? reports : [...reports].sort(inOrder);
  const first = sorted[0] as EdgeReport;
  const { from, to, type, category, qualifier } = first;
  if (sorted.length === 1)
    return { id: first.edge_id, from, to, type, category, qualifier, props: first.props, content_hash: first.content_hash };
  return normalEdge(first.edge_id, { from, to, type, category, qualifier, props: mergeProps(sorted.map((report) => report.props)) });
}

function mergeProps(all: readonly Props[]): Props {
  const merged: Record<string, PropValue> = {};
  for (const props of all) {
    for (const [key, value] of Object.entries(props)) {
      if (!Object.hasOwn(merged, key) || merged[key] === null) merged[key] = value;
    }
  }
  return Object.fromEntries(Object.entries(merged).sort(([a], [b]) => byCodeUnits(a, b)));
}
