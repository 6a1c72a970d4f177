/** The rows that prove a finding or make up a path: a few queries by id, bounded. */
import type { TenantId } from '../../domain/ids.ts';
import type { ChainDetail, FindingDetail, PathDetail, PathView, Proof } from '../../domain/views/types.ts';
import type { GraphRepository } from '../ports/graph.ts';
import type { derivedViews } from './derived.ts';
import type { entityViews } from './entities.ts';
import type { findingViews } from './findings.ts';
import type { tenancyViews } from './tenancy.ts';

const MOST_PATHS = 5;
const MOST_CHAINS = 20;
const MOST_ENTITIES = 200;
const MOST_EDGES = 400;

interface Parts {
  readonly derived: ReturnType<typeof derivedViews>;
  readonly entities: ReturnType<typeof entityViews>;
  readonly findings: ReturnType<typeof findingViews>;
  readonly tenancy: ReturnType<typeof tenancyViews>;
  readonly graph: Pick<GraphRepository, 'getEdges'>;
}

export function proofViews({ derived, entities, findings, tenancy, graph }: Parts) {
  async function proofOf(
    tenant: TenantId,
    ids: { entities: readonly string[]; edges: readonly string[]; chains: readonly string[] },
    paths: readonly PathView[],
    cut: boolean,
  ): Promise<Proof> {
    const chainIds = unique([...paths.flatMap((path) => path.segments), ...ids.chains]);
    const chains = await derived.chainsById(tenant, chainIds.slice(0, MOST_CHAINS));
    const entityIds = unique([...paths.flatMap((path) => path.nodes), ...chains.flatMap((chain) => chain.nodes), ...ids.entities]);
    const edgeIds = unique([...chains.flatMap((chain) => chain.edges), ...ids.edges]);
    const [found, edges] = await Promise.all([
      entities.entitiesById(tenant, entityIds.slice(0, MOST_ENTITIES)),
      graph.getEdges(tenant, edgeIds.slice(0, MOST_EDGES)),
    ]);
    const truncated = cut || chainIds.length > MOST_CHAINS || entityIds.length > MOST_ENTITIES || edgeIds.length > MOST_EDGES;
    return { entities: found, edges, chains, paths, truncated };
  }

  return {
    async findingDetail(tenant: TenantId, id: string): Promise<FindingDetail | null> {
      const finding = await findings.finding(tenant, id);
      if (finding === null) return null;
      const { explanation } = finding;
      const paths = await derived.pathsById(tenant, explanation.paths.slice(0, MOST_PATHS));
      const [proof, pack, owner] = await Promise.all([
        proofOf(tenant, explanation, paths, explanation.paths.length > MOST_PATHS),
        derived.packOfFinding(tenant, id),
        tenancy.tenant(tenant),
      ]);
      return { finding, tenant_name: owner?.name ?? null, proof, pack };
    },

    async pathDetail(tenant: TenantId, id: string): Promise<PathDetail | null> {
      const path = await derived.path(tenant, id);
      if (path === null) return null;
      const [proof, owner] = await Promise.all([
        proofOf(tenant, { entities: [], edges: [], chains: [] }, [path], false),
        tenancy.tenant(tenant),
      ]);
      return { path, tenant_name: owner?.name ?? null, proof };
    },

    async chainDetail(tenant: TenantId, id: string): Promise<ChainDetail | null> {
      const chain = await derived.chain(tenant, id);
      if (chain === null) return null;
      const [proof, owner] = await Promise.all([
        proofOf(tenant, { entities: [], edges: [], chains: [id] }, [], false),
        tenancy.tenant(tenant),
      ]);
      return { chain, tenant_name: owner?.name ?? null, proof };
    },
  };
}

const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)];
