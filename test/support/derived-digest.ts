/** One digest over everything that is derived for a tenant, without what names a run, a pass or an instant: two equal pipelines give equal digests. */
import { digestOf } from '../../domain/canonical.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Collections } from '../../storage/collections.ts';

export interface DerivedDigest {
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
}

export async function derivedDigest(collections: Collections, tenant_id: TenantId): Promise<DerivedDigest> {
  const rows = {
    entities: (await collections.entities.find({ tenant_id, removed: false }).toArray()).map((row) => [row._id, row.content_hash]),
    edges: (await collections.edges.find({ tenant_id, removed: false }).toArray()).map((row) => [row._id, row.content_hash]),
    chains: (await collections.executionChains.find({ tenant_id, retired_at: null }).toArray()).map((row) => [row._id, row.content_hash]),
    paths: (await collections.stitchedPaths.find({ tenant_id, retired_at: null }).toArray()).map((row) => [row._id, row.content_hash]),
    findings: (await collections.findings.find({ tenant_id }).toArray()).map((row) => [row._id, row.status, row.content_hash]),
    // A pack names the syncs that it rests on: the provenance is another in another pipeline, the proof is not.
    packs: (await collections.evidencePacks.find({ tenant_id, superseded_at: null }).toArray()).map((row) => [
      row.finding_id,
      row.manifest.entries.filter((entry) => entry.path !== 'provenance.json').map((entry) => [entry.path, entry.digest]),
    ]),
  };
  const sorted = Object.entries(rows).map(([name, list]) => [name, list.map((row) => digestOf(row)).sort()] as const);
  return { digest: digestOf(sorted), counts: Object.fromEntries(sorted.map(([name, list]) => [name, list.length])) };
}
