/** The read side of pages and API: `createViews(...)` fits the port `Views` of `api/ports.ts`. */
import type { EvidenceBlob } from '../../domain/evidence/types.ts';
import type { InstanceId, RunId, ScopeId, TenantId } from '../../domain/ids.ts';
import type { PackView } from '../../domain/views/types.ts';
import type { Collections } from '../collections.ts';
import { createAuditRepository } from '../mongo/audit.ts';
import { createLookups } from '../mongo/lookups.ts';
import { mappingErrors } from '../mongo/errors.ts';
import type { EvidenceRepository } from '../ports/evidence.ts';
import type { GraphRepository } from '../ports/graph.ts';
import { auditViews } from './audit.ts';
import { derivedViews } from './derived.ts';
import { entityViews } from './entities.ts';
import { findingViews } from './findings.ts';
import { home } from './home.ts';
import { neighbourViews } from './neighbours.ts';
import { operationsViews } from './operations.ts';
import { proofViews } from './proof.ts';
import { runDetail } from './run-detail.ts';
import { runViews } from './runs.ts';
import { tenancyViews } from './tenancy.ts';

export interface ViewDeps {
  readonly collections: Collections;
  readonly graph: Pick<GraphRepository, 'getEntities' | 'getEdges' | 'provenanceOf'>;
  readonly evidence: Pick<EvidenceRepository, 'getBlobs'>;
  readonly now: () => Date;
}

export function createViews({ collections, graph, evidence, now }: ViewDeps) {
  const { operatorRuns, operatorRun, newestRuns, ...runs } = runViews(collections, now);
  const { tenants, tenant, ...tenancy } = tenancyViews(collections);
  const { urgentFindings, ...findings } = findingViews(collections, now);
  const { chainsById, pathsById, packOfFinding, ...derived } = derivedViews(collections);
  const lookups = createLookups(collections);
  const { entitiesById, ...entities } = entityViews(collections, graph);
  const proof = proofViews({
    derived: { ...derived, chainsById, pathsById, packOfFinding },
    entities: { ...entities, entitiesById },
    findings: { ...findings, urgentFindings },
    tenancy: { ...tenancy, tenants, tenant },
    graph,
  });
  return {
    tenant: mappingErrors('views', {
      ...runs,
      ...tenancy,
      ...findings,
      ...derived,
      ...entities,
      ...proof,
      ...neighbourViews(collections, graph, { ...entities, entitiesById }),
      ...auditViews(createAuditRepository(collections)),
      packBlobs: (owner: TenantId, pack: PackView): Promise<readonly EvidenceBlob[]> =>
        evidence.getBlobs(
          owner,
          pack.manifest.entries.map((entry) => entry.digest),
        ),
    }),
    operator: mappingErrors('operator-views', {
      home: (at: Date) => home(collections, at),
      runs: operatorRuns,
      run: operatorRun,
      newestRuns,
      runDetail: (id: RunId) => runDetail(collections, id, now()),
      tenants,
      tenant,
      urgentFindings,
      ownerOf: async (kind: 'run' | 'scope' | 'instance' | 'finding', id: string): Promise<TenantId | null> => {
        switch (kind) {
          case 'run':
            return await lookups.tenantOfRun(id as RunId);
          case 'scope':
            return await lookups.tenantOfScope(id as ScopeId);
          case 'instance':
            return await lookups.tenantOfInstance(id as InstanceId);
          case 'finding':
            return await lookups.tenantOfFinding(id);
        }
      },
      ...operationsViews(collections, now),
    }),
  };
}
