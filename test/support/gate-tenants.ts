/** Many tenants with one real graph each: the demo's is scanned once and copied. */
import type { Collection, Document } from 'mongodb';
import { digestOf } from '../../domain/canonical.ts';
import { type ScopeId, tenantId, type TenantId } from '../../domain/ids.ts';
import type { Collections } from '../../storage/collections.ts';
import { demoScopes, openDemo } from './demo-tenant.ts';
import type { TestPipeline } from './pipeline.ts';

const DEMO = tenantId('northwind');

/** ServiceNow alone: few enough rows for a thousand tenants. */
export const TINY_GRAPH = demoScopes(DEMO).filter((scope) => scope.includes('-servicenow-'));

/** ServiceNow and Entra: a third of the demo's graph, with chains and stitched paths. */
export const SMALL_GRAPH = demoScopes(DEMO).filter((scope) => /-(?:servicenow|entra)-/.test(scope));

/**
 * The demo's own tenants are suspended afterwards, so that a gate over every active tenant meets only the copies.
 * @param scopes what of the demo is read
 */
export async function copiesOfTheDemo(
  pipeline: TestPipeline,
  count: number,
  scopes: readonly ScopeId[] = demoScopes(DEMO),
): Promise<readonly TenantId[]> {
  const { storage } = pipeline;
  const demo = await openDemo(pipeline);
  for (const scope of scopes) await pipeline.scan(scope);
  await demo.close();
  for (const tenant of ['northwind', 'contoso']) await storage.tenants.setStatus(tenantId(tenant), 'suspended');
  const tenants = Array.from({ length: count }, (_, index) => tenantId(`copy-${String(index).padStart(4, '0')}`));
  const rows = await Promise.all(
    [storage.collections.entities, storage.collections.edges, storage.collections.coverage].map(async (collection) => {
      const untyped = collection as unknown as Collection<Document>;
      return { untyped, docs: await untyped.find({ tenant_id: DEMO }).toArray() };
    }),
  );
  for (const [index, tenant_id] of tenants.entries()) {
    await storage.tenants.create({ _id: tenant_id, slug: `COPY${index}`, name: tenant_id, kind: 'demo', created_at: new Date(0) });
    for (const { untyped, docs } of rows)
      await untyped.insertMany(docs.map((doc) => ({ ...doc, _id: `${tenant_id}:${String(doc['_id'])}` as never, tenant_id })));
  }
  return tenants;
}

/** Everything of these tenants but what a pass that changes nothing may move (GATE-03): the time last seen and the pass number. */
export async function digestWithoutPass(collections: Collections, tenants: readonly TenantId[]): Promise<string> {
  const names = [
    'entities',
    'edges',
    'coverage',
    'executionChains',
    'stitchedPaths',
    'unresolvedJoins',
    'findings',
    'evidencePacks',
    'evidenceBlobs',
    'connectorSyncs',
  ] as const;
  const all: unknown[] = [];
  // One tenant at a time: a thousand of them are not held in memory at once.
  for (const tenant_id of tenants) {
    const records: unknown[] = [];
    for (const name of names) {
      const docs = await (collections[name] as unknown as Collection<Document>).find({ tenant_id }).sort({ _id: 1 }).toArray();
      records.push([name, docs.map(({ last_seen_at: _seen, pass: _pass, ...rest }) => JSON.parse(JSON.stringify(rest)) as unknown)]);
    }
    all.push([tenant_id, digestOf(records)]);
  }
  return digestOf(all);
}
