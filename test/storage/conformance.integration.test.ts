import { describe, expect, it } from 'vitest';
import { checkConformance } from '../../storage/mongo/conformance.ts';
import { withDatabase } from '../support/mongo.ts';

const database = withDatabase({ indexes: false });

describe('conformance', () => {
  it('everything that the storage rests on holds on this server, and the check leaves nothing behind', async () => {
    const checks = await checkConformance(database.db);
    expect(checks.map(({ name }) => name)).toEqual(['fenced_upsert', 'pipeline_update', 'claim', 'unique_key_is_freed', 'inclusive_bound']);
    expect(checks.filter(({ required, holds }) => required && !holds)).toEqual([]);
    expect(await database.db.listCollections().toArray()).toEqual([]);
  });
});
