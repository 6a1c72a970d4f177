/** The application over the real views of a database, and every address that it can be read at. */
import type { Db } from 'mongodb';
import type { App } from '../../api/app.ts';
import { collectionsOf } from '../../storage/collections.ts';
import { createEvidenceRepository } from '../../storage/mongo/evidence.ts';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createViews } from '../../storage/views/index.ts';
import { measureViews } from '../../storage/views/measures.ts';
import { appUnderTest } from '../api/app-under-test.ts';
import { SHOWN } from '../e2e/seed.ts';
import { NOW } from '../ui/records.ts';
import { readAddresses } from './read-addresses.ts';

export async function readingApp(db: Db): Promise<{ readonly app: App; readonly addresses: readonly string[] }> {
  const collections = collectionsOf(db);
  const now = () => NOW;
  const views = createViews({
    collections,
    graph: createGraphRepository(collections),
    evidence: createEvidenceRepository(collections),
    now,
  });
  const { app } = appUnderTest({ deps: { views, measures: measureViews(collections, now) } });
  const chain = await collections.executionChains.findOne({ tenant_id: SHOWN.tenant });
  const entity = await collections.entities.findOne({ tenant_id: SHOWN.tenant });
  const pack = await collections.evidencePacks.findOne({ tenant_id: SHOWN.tenant });
  return { app, addresses: readAddresses({ chain: chain?.id ?? '', entity: entity?.entity_id ?? '', pack: pack?.digest ?? '' }) };
}
