import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../domain/canonical.ts';
import { createSyncRepository } from '../../storage/mongo/syncs.ts';
import { createGraphSync } from '../../storage/sync/sync-graph.ts';
import { withDatabase } from '../support/mongo.ts';
import { type AnyRecord, appliesTo, bytesOf, jsonLines, oneDocument, role } from './graphs.ts';
import { seedTenant, startRun } from './rows.ts';
import { ada, BASE, bob, data, logs, none, requestFor, syncsOf } from './syncs.ts';

const database = withDatabase();
const { sync, load, runOnce, stateOf, countsAndContent } = syncsOf(database);

describe('sync', () => {
  it('DATA-02: counts created, changed, removed and unchanged, and the cell counts what was upserted', async () => {
    const seeded = await seedTenant(database.collections);
    const first = await runOnce(seeded, BASE);
    expect(first.outcome).toMatchObject({
      items_scanned: 3,
      entities: { ...none, created: 3 },
      edges: { ...none, created: 2 },
      dangling_edges: 0,
    });

    const second = await runOnce(seeded, BASE);
    expect(second.outcome).toMatchObject({ items_scanned: 0, entities: { ...none, unchanged: 3 }, edges: { ...none, unchanged: 2 } });

    const third = await runOnce(seeded, [role('ada', { path: '/x/' }), data, logs, appliesTo(ada, data)]);
    expect(third.outcome).toMatchObject({
      items_scanned: 2,
      entities: { created: 1, updated: 1, removed: 1, unchanged: 1 },
      edges: { ...none, removed: 1, unchanged: 1 },
    });
    const graph = await load(seeded.tenant);
    expect(graph.entities.map((entity) => entity.display_name).sort()).toEqual(['ada', 'data', 'logs']);
    expect(graph.edges).toHaveLength(1);
  });

  it('DATA-10: the sync record names what changed, in id order, and is bounded', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, BASE);
    const { run } = await runOnce(seeded, [role('ada', { path: '/x/' }), data, logs, appliesTo(ada, data)]);
    const record = await createSyncRepository(database.collections).findByRun(seeded.tenant, run);
    expect(record?.changes.map(({ change, kind, name }) => `${change} ${kind} ${name}`).sort()).toEqual([
      'created entity logs',
      'removed edge APPLIES_TO s3:GetObject',
      'removed entity bob',
      'updated entity ada',
    ]);
    expect(record?.changes_truncated).toBe(false);

    const many = Array.from({ length: 620 }, (_, index) => role(`r${index}`));
    const big = await runOnce(seeded, many);
    const bounded = await createSyncRepository(database.collections).findByRun(seeded.tenant, big.run);
    expect(bounded).toMatchObject({ changes_truncated: true, entities: { created: 620 } });
    expect(bounded?.changes).toHaveLength(500);
    const ids = bounded?.changes.map(({ id }) => id) ?? [];
    expect(ids).toEqual([...ids].sort());
  });

  it('DATA-02: a repeated sync gives the same numbers and the same bytes', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, BASE);
    const run = await startRun(database.collections, seeded.scope);
    const records = [role('ada', { path: '/x/' }), logs, appliesTo(ada, logs)];
    const first = await sync(seeded.tenant, requestFor(seeded, run, records));
    const state = await stateOf(seeded.tenant);
    expect(
      await sync(seeded.tenant, requestFor(seeded, run, [...records].reverse(), { graph: bytesOf(oneDocument([...records].reverse())) })),
    ).toEqual(first);
    expect(await stateOf(seeded.tenant)).toBe(state);
  });

  it('DATA-02: order, encoding, repetition and doubled records change nothing (property)', async () => {
    const twin = role('ada', { path: '/twin/' });
    const records = [...BASE, twin, logs, appliesTo(bob, logs)];
    let expected: string | undefined;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(records, { minLength: records.length }),
        fc.boolean(),
        fc.integer({ min: 1, max: 400 }),
        async (shuffled, lines, size) => {
          const seeded = await seedTenant(database.collections);
          const text = lines ? jsonLines([...shuffled, ...shuffled.slice(0, 2)]) : oneDocument(shuffled);
          await runOnce(seeded, [], { graph: bytesOf(text, size) });
          const graph = await load(seeded.tenant);
          // Ids are of the tenant, so graphs of two tenants are compared by what they say.
          const said = digestOf({
            entities: graph.entities.map(({ id: _, ...rest }) => rest).sort(byHash),
            edges: graph.edges.map(({ type, qualifier }) => [type, qualifier]).sort(),
          });
          expected ??= said;
          expect(said).toBe(expected);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('DATA-02, RUN-05: interrupted before any batch and then repeated, it ends the same', async () => {
    const records = [...Array.from({ length: 12 }, (_, index) => role(`r${index}`)), data, appliesTo(role('r1'), data)];
    const changed = [
      ...Array.from({ length: 12 }, (_, index) => role(`r${index + 3}`, index % 3 === 0 ? { path: '/changed/' } : {})),
      data,
    ];
    const small = createGraphSync(database.collections, { batch: 5 });
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, records);
    const run = await startRun(database.collections, seeded.scope);
    let steps = 0;
    await small.sync(seeded.tenant, requestFor(seeded, run, changed, { onProgress: () => (steps += 1) }));
    expect(steps).toBeGreaterThan(6);
    const expected = await countsAndContent(seeded);

    for (let stop = 1; stop <= steps; stop += 1) {
      const other = await seedTenant(database.collections);
      await runOnce(other, records);
      const again = await startRun(database.collections, other.scope);
      const abort = new AbortController();
      let seen = 0;
      const onProgress = (): void => {
        seen += 1;
        if (seen === stop) abort.abort(new Error('interrupted'));
      };
      const interrupted = small.sync(other.tenant, requestFor(other, again, changed, { signal: abort.signal, onProgress }));
      if (stop < steps) await expect(interrupted).rejects.toThrow('interrupted');
      else await interrupted;
      await small.sync(other.tenant, requestFor(other, again, changed));
      expect(await countsAndContent(other)).toEqual(expected);
    }
  });

  it('RUN-05: what a run created is still created when the same run writes it again with other content', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, [bob]);
    const run = await startRun(database.collections, seeded.scope);
    await sync(seeded.tenant, requestFor(seeded, run, [ada, role('bob', { path: '/1/' })]));
    const again = await sync(seeded.tenant, requestFor(seeded, run, [role('ada', { path: '/2/' }), role('bob', { path: '/2/' })]));
    expect(again.entities).toEqual({ ...none, created: 1, updated: 1 });
  });

  it('DATA-01: a bad record anywhere writes nothing', async () => {
    const seeded = await seedTenant(database.collections);
    await runOnce(seeded, [ada]);
    const state = await stateOf(seeded.tenant);
    const run = await startRun(database.collections, seeded.scope);
    const bad = { ...bob, props: { 'Not A Key': 1 } };
    await expect(sync(seeded.tenant, requestFor(seeded, run, [data, ada, bad]))).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: 'entities[2].props.?',
    });
    await expect(sync(seeded.tenant, requestFor(seeded, run, [{ ...ada, category: 'lambda_functions' }]))).rejects.toMatchObject({
      code: 'GRAPH_UNEXPECTED_CATEGORY',
    });
    expect(await stateOf(seeded.tenant)).toBe(state);
  });

  it('DATA-09: what looks like a secret is scrubbed before storage, in every string', async () => {
    const seeded = await seedTenant(database.collections);
    const canary = `ghp_${'c4n4ry'.repeat(6)}`;
    const leaky: AnyRecord[] = [
      {
        ...role('leak', { note: `token ${canary} in text`, list: ['fine', canary], password: 'plain words here' }),
        display_name: canary,
        native_id: `arn:${canary}`,
        join_keys: [{ k: 'role_arn', v: canary }],
      },
      data,
      { ...appliesTo(ada, data, canary), from: { type: 'role', native_id: `arn:${canary}` }, props: { condition: canary } },
    ];
    const { outcome } = await runOnce(seeded, leaky);
    expect(outcome.scrubbed_strings).toBeGreaterThanOrEqual(8);
    // The edge's end is scrubbed as the entity is: they still meet.
    expect(outcome.dangling_edges).toBe(0);
    for (const collection of await database.db.listCollections().toArray()) {
      const text = JSON.stringify(await database.db.collection(collection.name).find({}).toArray());
      expect(text).not.toContain(canary);
      expect(text).not.toContain('plain words here');
    }
  });

  it('DATA-01: an edge to something that nobody reports is counted, kept, and not given to the stages', async () => {
    const seeded = await seedTenant(database.collections);
    const { outcome } = await runOnce(seeded, [ada, appliesTo(ada, data)]);
    expect(outcome).toMatchObject({ dangling_edges: 1, edges: { created: 1 } });
    expect((await load(seeded.tenant)).edges).toEqual([]);
    await runOnce(seeded, [ada, data, appliesTo(ada, data)]);
    expect((await load(seeded.tenant)).edges).toHaveLength(1);
  });
});

const byHash = (a: { content_hash: string }, b: { content_hash: string }): number => (a.content_hash < b.content_hash ? -1 : 1);
