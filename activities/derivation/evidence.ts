/** `buildEvidence`: a sealed pack for every open finding; what is current already is neither built nor signed again. */
import { CHAIN_BUILDER_VERSION } from '../../domain/chains/version.ts';
import { buildPack, type PackInput } from '../../domain/evidence/build.ts';
import { signPack } from '../../domain/evidence/sign.ts';
import { STITCH_VERSION } from '../../domain/stitching/version.ts';
import type { DerivationReport, DerivationRequest } from '../derive.ts';
import type { DerivationDeps, DerivationOptions } from './deps.ts';

const BUILDER_VERSIONS = { chains: CHAIN_BUILDER_VERSION, paths: STITCH_VERSION };
/** Packs whose rows are read together: bounded memory, few round trips. */
const BATCH = 200;

export async function deriveEvidence(
  { graph, derived, findings, evidence, signer }: DerivationDeps,
  { tenant_id, pass, at }: DerivationRequest,
  { signal, onProgress }: DerivationOptions,
): Promise<DerivationReport> {
  onProgress('read findings');
  const open = await findings.loadOpen(tenant_id);
  if (open.length === 0) return { items: 0, errors: [] };
  const { entities, edges, coverage } = await graph.loadTenantGraph(tenant_id, { signal });
  const entityById = new Map(entities.map((entity) => [entity.id, entity]));
  const edgeById = new Map(edges.map((edge) => [edge.id, edge]));
  const chainById = new Map((await derived.loadAll(tenant_id, 'chains')).map((chain) => [chain.id, chain]));
  const pathById = new Map((await derived.loadAll(tenant_id, 'paths')).map((path) => [path.id, path]));
  let items = 0;
  for (let from = 0; from < open.length; from += BATCH) {
    signal.throwIfAborted();
    onProgress(`seal packs ${from} of ${open.length}`);
    const batch = open.slice(from, from + BATCH);
    const rows = batch.flatMap(({ explanation }) => [...explanation.entities, ...explanation.edges]);
    const provenance = groupById(await graph.provenanceOf(tenant_id, [...new Set(rows)]));
    const packs = batch.flatMap((finding) => {
      const { explanation } = finding;
      const named = {
        entities: present(explanation.entities, entityById),
        edges: present(explanation.edges, edgeById),
        chains: present(explanation.chains, chainById),
        paths: present(explanation.paths, pathById),
      };
      // A sync that came between evaluation and here took a row away. Its run joins the next pass, which says what is true then.
      if (Object.values(named).some((found) => found === null)) return [];
      const provenanceRows = [...explanation.entities, ...explanation.edges].flatMap((id) => provenance.get(id) ?? []);
      return [
        buildPack({ tenant_id, finding, ...(named as Rows), provenance: provenanceRows, coverage, builder_versions: BUILDER_VERSIONS }),
      ];
    });
    const current = await evidence.currentPacks(
      tenant_id,
      packs.map((pack) => pack.manifest.finding_id),
    );
    const fresh = packs.filter((pack) => !current.has(pack.digest));
    await evidence.putBlobs(
      tenant_id,
      fresh.flatMap((pack) => pack.blobs),
    );
    const signed = await Promise.all(
      fresh.map(async (pack) => ({ digest: pack.digest, manifest: pack.manifest, envelope: await signPack(pack, signer) })),
    );
    items = await evidence.putPacks(tenant_id, signed, { pass, now: at });
  }
  return { items, errors: [] };
}

type Rows = Pick<PackInput, 'entities' | 'edges' | 'chains' | 'paths'>;

/** Null when one of them is not there any more. */
function present<T>(ids: readonly string[], byId: ReadonlyMap<string, T>): readonly T[] | null {
  const found = ids.flatMap((id) => byId.get(id) ?? []);
  return found.length === ids.length ? found : null;
}

function groupById<T extends { readonly id: string }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.id);
    if (group === undefined) groups.set(row.id, [row]);
    else group.push(row);
  }
  return groups;
}
