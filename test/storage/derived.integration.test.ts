import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import type { ExecutionChain } from '../../domain/chains/types.ts';
import { tenantId } from '../../domain/ids.ts';
import { collectionsOf } from '../../storage/collections.ts';
import { createDerivedRepository } from '../../storage/mongo/derived.ts';
import type { DerivedPass } from '../../storage/ports/derived.ts';
import { testMongoUri, withDatabase } from '../support/mongo.ts';
import { later, NOW } from './rows.ts';

const database = withDatabase();
const derived = () => createDerivedRepository(database.collections);
let next = 0;
const newTenant = () => tenantId(`t-derived-${(next += 1)}`);

const pass = (number: number, change: Partial<DerivedPass> = {}): DerivedPass => ({
  pass: number,
  builder_version: 'b1',
  graph_revision: 'rev',
  now: later(number),
  ...change,
});

function chain(id: string, change: Partial<ExecutionChain> = {}): ExecutionChain {
  const end = { entity: `e-${id}`, open: false, join_keys: [] };
  return {
    id,
    anchor: `e-${id}`,
    nodes: [`e-${id}`],
    edges: [],
    source_system: 'aws',
    source_tenant: 'x',
    head: end,
    tail: end,
    truncated: false,
    limit: null,
    ...change,
  };
}

const rows = (tenant: string) =>
  database.collections.executionChains
    .find({ tenant_id: tenant as never })
    .sort({ _id: 1 })
    .toArray();

describe('derived records', () => {
  it('GATE-03: a second pass of the same builder on the same graph moves nothing but the pass and when it was seen', async () => {
    const tenant = newTenant();
    const chains = [chain('a'), chain('b')];
    expect(await derived().replaceAll(tenant, 'chains', chains, pass(1))).toEqual({ created: 2, changed: 0, retired: 0, unchanged: 0 });
    const before = await rows(tenant);
    expect(await derived().replaceAll(tenant, 'chains', [...chains].reverse(), pass(2))).toEqual({
      created: 0,
      changed: 0,
      retired: 0,
      unchanged: 2,
    });
    const after = await rows(tenant);
    expect(after).toEqual(before.map((row) => ({ ...row, pass: 2, last_seen_at: later(2) })));
  });

  it('GATE-03: what a new builder no longer makes is retired, and comes back as created', async () => {
    const tenant = newTenant();
    await derived().replaceAll(tenant, 'chains', [chain('a'), chain('b')], pass(1));
    const changed = [chain('a', { truncated: true, limit: 'depth' }), chain('c')];
    expect(await derived().replaceAll(tenant, 'chains', changed, pass(2, { builder_version: 'b2' }))).toEqual({
      created: 1,
      changed: 1,
      retired: 1,
      unchanged: 0,
    });
    expect((await derived().loadAll(tenant, 'chains')).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(await derived().getMany(tenant, 'chains', ['b', 'nope'])).toMatchObject([
      { id: 'b', change: 'retired', retired_at: later(2), changed_pass: 2 },
    ]);
    expect(await derived().replaceAll(tenant, 'chains', [...changed, chain('b')], pass(3))).toEqual({
      created: 1,
      changed: 0,
      retired: 0,
      unchanged: 2,
    });
    expect((await rows(tenant)).find(({ id }) => id === 'b')).toMatchObject({ first_seen_at: later(1), retired_at: null });
  });

  it('GATE-03: what was retired long ago is not read by any pass, and fences a late one all the same', async () => {
    const tenant = newTenant();
    const once = Array.from({ length: 30 }, (_, index) => chain(`old${index}`));
    await derived().replaceAll(tenant, 'chains', [...once, chain('a')], pass(1));
    await derived().replaceAll(tenant, 'chains', [chain('a')], pass(2));
    const client = new MongoClient(testMongoUri(), { monitorCommands: true });
    let read = 0;
    client.on('commandSucceeded', ({ commandName, reply }) => {
      if (commandName === 'find') read += (reply as { cursor: { firstBatch: readonly unknown[] } }).cursor.firstBatch.length;
    });
    const watched = createDerivedRepository(collectionsOf(client.db(database.name)));
    expect(await watched.replaceAll(tenant, 'chains', [chain('a'), chain('old7')], pass(3))).toEqual({
      created: 1,
      changed: 0,
      retired: 0,
      unchanged: 1,
    });
    await client.close();
    expect(read).toBe(1);
    expect((await rows(tenant)).find(({ id }) => id === 'old7')).toMatchObject({
      first_seen_at: later(1),
      change: 'created',
      retired_at: null,
    });
    await derived().replaceAll(tenant, 'chains', [], pass(5));
    await expect(derived().replaceAll(tenant, 'chains', [chain('late')], pass(4))).rejects.toMatchObject({ name: 'FencedError' });
    expect(await derived().loadAll(tenant, 'chains')).toEqual([]);
  });

  it('RUN-05: a repeated stage gives the same numbers, interrupted or not', { timeout: 240_000 }, async () => {
    const tenant = newTenant();
    const first = Array.from({ length: 1500 }, (_, index) => chain(`c${index}`));
    await derived().replaceAll(tenant, 'chains', first, pass(1));
    const second = Array.from({ length: 2600 }, (_, index) =>
      chain(`c${index + 100}`, index % 2 === 0 ? { truncated: true, limit: 'depth' } : {}),
    );
    const other = newTenant();
    await derived().replaceAll(other, 'chains', first, pass(1));
    const expected = await derived().replaceAll(other, 'chains', second, pass(2));
    expect(expected).toEqual({ created: 1200, changed: 700, retired: 100, unchanged: 700 });
    // Each attempt gets one batch further: new and changed rows, then sightings.
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const abort = new AbortController();
      const onProgress = (): void => abort.abort(new Error('interrupted'));
      await expect(derived().replaceAll(tenant, 'chains', second, pass(2, { signal: abort.signal, onProgress }))).rejects.toThrow(
        'interrupted',
      );
    }
    expect(await derived().replaceAll(tenant, 'chains', second, pass(2))).toEqual(expected);
    expect(await derived().replaceAll(tenant, 'chains', second, pass(2))).toEqual(expected);
    const content = (list: Awaited<ReturnType<typeof rows>>) => list.map(({ _id: _key, tenant_id: _tenant, ...row }) => row);
    expect(content(await rows(tenant))).toEqual(content(await rows(other)));
  });

  it('a repetition that makes less than its own interrupted pass retires what is too much', async () => {
    const tenant = newTenant();
    await derived().replaceAll(tenant, 'chains', [chain('a'), chain('b')], pass(1));
    await derived().replaceAll(tenant, 'chains', [chain('a')], pass(1));
    expect((await derived().loadAll(tenant, 'chains')).map(({ id }) => id)).toEqual(['a']);
  });

  it('FLOW-03: a late pass is fenced and changes nothing', async () => {
    const tenant = newTenant();
    await derived().replaceAll(tenant, 'chains', [chain('a')], pass(5));
    const before = await rows(tenant);
    await expect(derived().replaceAll(tenant, 'chains', [chain('a', { truncated: true }), chain('z')], pass(4))).rejects.toMatchObject({
      name: 'FencedError',
    });
    expect(await rows(tenant)).toEqual(before);
  });

  it('GATE-06: live records are counted by the version that built them', async () => {
    const tenant = newTenant();
    await derived().replaceAll(tenant, 'chains', [chain('a'), chain('b')], pass(1));
    await database.collections.executionChains.updateOne({ _id: `${tenant}:a` }, { $set: { builder_version: 'b0' } });
    expect(await derived().countByBuilder(tenant, 'chains')).toEqual([
      { builder_version: 'b0', count: 1 },
      { builder_version: 'b1', count: 1 },
    ]);
    await derived().replaceAll(tenant, 'chains', [chain('a')], pass(2, { builder_version: 'b2' }));
    expect(await derived().countByBuilder(tenant, 'chains')).toEqual([{ builder_version: 'b2', count: 1 }]);
  });

  it('gives records back as they were given, without the store’s own fields', async () => {
    const tenant = newTenant();
    const unresolved = {
      id: 'u',
      rule: 'role_arn',
      side: { entity: 'e', key: 'k', value: 'v' },
      reason: 'ambiguous',
      candidates: ['x'],
      candidate_count: 1,
    } as const;
    await derived().replaceAll(tenant, 'unresolved', [unresolved], pass(1, { now: NOW }));
    expect(await derived().loadAll(tenant, 'unresolved')).toEqual([unresolved]);
    expect(await derived().loadAll(tenant, 'paths')).toEqual([]);
  });
});
