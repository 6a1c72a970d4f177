import type { ChainView, DerivedView, PathView } from '../../domain/views/types.ts';
import { time, z } from './common.ts';

const joinKey = z.strictObject({ k: z.string(), v: z.string() });
const chainEnd = z.strictObject({ entity: z.string(), open: z.boolean(), join_keys: z.array(joinKey).readonly() });

const derived = {
  id: z.string(),
  tenant_id: z.string(),
  builder_version: z.string(),
  graph_revision: z.string(),
  pass: z.int(),
  first_seen_at: time,
  last_seen_at: time,
  retired_at: time.nullable(),
};

const derivedResource = (record: DerivedView & { readonly id: string }) => ({
  id: record.id,
  tenant_id: record.tenant_id as string,
  builder_version: record.builder_version,
  graph_revision: record.graph_revision,
  pass: record.pass,
  first_seen_at: record.first_seen_at.toISOString(),
  last_seen_at: record.last_seen_at.toISOString(),
  retired_at: record.retired_at?.toISOString() ?? null,
});

export const chainSchema = z
  .strictObject({
    ...derived,
    anchor: z.string(),
    nodes: z.array(z.string()).readonly(),
    edges: z.array(z.string()).readonly(),
    source_system: z.string(),
    source_tenant: z.string(),
    head: chainEnd,
    tail: chainEnd,
    truncated: z.boolean(),
    limit: z.string().nullable(),
  })
  .openapi('ExecutionChain');

export const chainResource = (chain: ChainView) => ({
  ...derivedResource(chain),
  anchor: chain.anchor,
  nodes: chain.nodes,
  edges: chain.edges,
  source_system: chain.source_system,
  source_tenant: chain.source_tenant,
  head: chain.head,
  tail: chain.tail,
  truncated: chain.truncated,
  limit: chain.limit,
});

const joinSide = z.strictObject({ entity: z.string(), key: z.string(), value: z.string() });

export const COMPLETENESS = ['complete', 'open_head', 'open_tail', 'open'] as const satisfies readonly PathView['completeness'][];

export const pathSchema = z
  .strictObject({
    ...derived,
    segments: z.array(z.string()).readonly(),
    joins: z.array(z.strictObject({ rule: z.string(), left: joinSide, right: joinSide })).readonly(),
    systems: z.array(z.string()).readonly(),
    nodes: z.array(z.string()).readonly(),
    head: z.string(),
    tail: z.string(),
    completeness: z.enum(COMPLETENESS),
    truncated: z.boolean(),
  })
  .openapi('StitchedPath');

export const pathResource = (path: PathView) => ({
  ...derivedResource(path),
  segments: path.segments,
  joins: path.joins,
  systems: path.systems,
  nodes: path.nodes,
  head: path.head,
  tail: path.tail,
  completeness: path.completeness,
  truncated: path.truncated,
});
