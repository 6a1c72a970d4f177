/** The views over a database of a test file's own, in which two tenants are. */
import { beforeEach } from 'vitest';
import type { Views } from '../../../api/ports.ts';
import { instanceId, scopeId } from '../../../domain/ids.ts';
import type { Page } from '../../../domain/views/types.ts';
import { createEvidenceRepository } from '../../../storage/mongo/evidence.ts';
import { createGraphRepository } from '../../../storage/mongo/graph.ts';
import { createViews } from '../../../storage/views/index.ts';
import { type TestDatabase, withDatabase } from '../../support/mongo.ts';
import { GLOBEX, instance, NOW, scope, tenant } from '../../ui/records.ts';

export const GLOBEX_SCOPE = scopeId('globex-aws-all');
export const versioned = <T>(row: T): T & { version: number } => ({ ...row, version: 1 });

/** Call it at the top of a test file. */
export function viewsUnderTest(): { readonly database: TestDatabase; readonly views: () => Views } {
  const database = withDatabase();
  beforeEach(async () => {
    await database.clear();
    const { tenants, connectorInstances, scanScopes } = database.collections;
    await tenants.insertMany([tenant(), tenant({ _id: GLOBEX, slug: 'GLOBEX', name: 'Globex', status: 'suspended' })]);
    await connectorInstances.insertMany([
      versioned(instance()),
      versioned(instance({ _id: instanceId('globex-aws'), tenant_id: GLOBEX, name: 'Globex account' })),
    ]);
    await scanScopes.insertMany([
      versioned(scope()),
      versioned(
        scope({ _id: GLOBEX_SCOPE, tenant_id: GLOBEX, instance_id: instanceId('globex-aws'), name: 'Globex all', last_claimed_at: null }),
      ),
    ]);
  });
  const views = (): Views =>
    createViews({
      collections: database.collections,
      graph: createGraphRepository(database.collections),
      evidence: createEvidenceRepository(database.collections),
      now: () => NOW,
    });
  return { database, views };
}

/** All items of a list, page by page. */
export async function all<T, P>(read: (more: { after?: P }) => Promise<Page<T, P>>): Promise<T[]> {
  const items: T[] = [];
  let more: { after?: P } = {};
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await read(more);
    items.push(...page.items);
    if (page.next === null) return items;
    more = { after: page.next };
  }
  throw new Error('the list does not end');
}
