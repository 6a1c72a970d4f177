import { describe, expect, it } from 'vitest';
import { gateScopeId, instanceId, scopeId, tenantId } from '../../domain/ids.ts';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createRunRepository } from '../../storage/mongo/runs.ts';
import { createScopeRepository } from '../../storage/mongo/scopes.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import type { NewTenant } from '../../storage/ports/tenants.ts';
import { createGraphSync } from '../../storage/sync/sync-graph.ts';
import { withDatabase } from '../support/mongo.ts';
import { ACCOUNT, bytesOf, jsonLines, role } from './graphs.ts';
import { cell, closing, later, NOW, seedTenant, startRun } from './rows.ts';

const database = withDatabase();
const tenants = () => createTenantRepository(database.collections);
const instances = () => createInstanceRepository(database.collections);
const scopes = () => createScopeRepository(database.collections);
const acme = (id: string, slug: string): NewTenant => ({ _id: tenantId(id), slug, name: 'Acme', kind: 'real', created_at: NOW });

describe('tenants', () => {
  it('CRED-03: a slug is unique, also at once, and never reused', async () => {
    const made = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => tenants().create(acme(`t-slug-${index}`, 'ACME1'))));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of made)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'ConflictError', code: 'SLUG_TAKEN' });
    const holder = await tenants().findBySlug('ACME1');
    await tenants().setStatus(holder?._id as never, 'offboarded');
    await database.collections.tenants.deleteOne({ _id: holder?._id as never });
    await expect(tenants().create(acme('t-later', 'ACME1'))).rejects.toMatchObject({ code: 'SLUG_TAKEN' });
  });

  it('CRED-03: a slug has no underscore and nothing else that could run into a name', async () => {
    for (const slug of ['ACME_EU', 'acme', '', 'A'.repeat(33), 'Ä', 'A B', 'A-B', undefined, { $ne: 1 }]) {
      await expect(tenants().create(acme('t-bad', slug as string))).rejects.toMatchObject({ code: 'INVALID_SLUG' });
    }
  });

  it('a create that is repeated gives the same row; another one of that id is refused', async () => {
    const first = await tenants().create(acme('t-same', 'SAME'));
    expect(await tenants().create(acme('t-same', 'SAME'))).toEqual(first);
    // The field as whoever typed it calls it: the page puts the message there.
    await expect(tenants().create(acme('t-same', 'OTHER'))).rejects.toMatchObject({ code: 'TENANT_EXISTS', field: 'id' });
    await expect(tenants().create({ ...acme('t-same', 'SAME'), kind: 'demo' })).rejects.toMatchObject({ code: 'TENANT_EXISTS' });
    // One that died between the reservation and the row goes on.
    await database.collections.tenants.deleteOne({ _id: first._id });
    expect(await tenants().create(acme('t-same', 'SAME'))).toEqual(first);
  });

  it('GATE-01: the active ones are streamed in order', async () => {
    for (const id of ['t-z3', 't-z1', 't-z2']) await tenants().create(acme(id, id.slice(2).toUpperCase()));
    await tenants().setStatus(tenantId('t-z2'), 'suspended');
    const active: string[] = [];
    for await (const id of tenants().listActiveIds()) active.push(id);
    expect(active.filter((id) => id.startsWith('t-z'))).toEqual(['t-z1', 't-z3']);
    expect(active).toEqual([...active].sort());
    expect((await tenants().list({ after: tenantId('t-z1'), limit: 1 })).map(({ _id }) => _id)).toEqual(['t-z2']);
    await expect(tenants().get(tenantId('t-none'))).rejects.toMatchObject({ name: 'NotFoundError', code: 'TENANT_NOT_FOUND' });
  });
});

describe('instances and scopes', () => {
  it('API-03: an edit that is based on an old version is refused', async () => {
    const { tenant, instance, scope } = await seedTenant(database.collections);
    const edited = await instances().update(tenant, instance, { name: 'new' }, 1);
    expect(edited).toMatchObject({ name: 'new', version: 2, connector: 'aws' });
    await expect(instances().update(tenant, instance, { name: 'late' }, 1)).rejects.toMatchObject({
      code: 'STALE_EDIT',
      expected: 'version 2',
    });
    expect(await scopes().update(tenant, scope, { categories: ['b', 'a', 'b'] }, 1)).toMatchObject({ categories: ['a', 'b'], version: 2 });
    await expect(scopes().update(tenant, scope, { name: 'late' }, 1)).rejects.toMatchObject({ code: 'STALE_EDIT' });
  });

  it('an edit changes nothing that is not the editor’s', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    const { run } = await startRun(database.collections, scope);
    const sneaky = { name: 'x', in_flight: null, generation: 99, tenant_id: 't-other', cooldown_until: later(9) };
    expect(await scopes().update(tenant, scope, sneaky)).toMatchObject({
      name: 'x',
      generation: 1,
      in_flight: { run },
      tenant_id: tenant,
      cooldown_until: new Date(0),
    });
  });

  it('RUN-13: synthetic scopes are made once, also at once', async () => {
    const { tenant } = await seedTenant(database.collections);
    const gate = {
      _id: gateScopeId(tenant),
      instance_id: null,
      kind: 'gate',
      name: 'gate',
      categories: [],
      budget: { max_runtime_seconds: 60 },
      created_at: NOW,
    } as const;
    const made = await Promise.all(Array.from({ length: 6 }, () => scopes().ensure(tenant, gate)));
    for (const row of made) expect(row).toMatchObject({ _id: gate._id, kind: 'gate', cooldown_until: new Date(0), in_flight: null });
    expect(await scopes().list(tenant, { kind: 'gate' })).toHaveLength(1);
    expect(await startRun(database.collections, gate._id)).toMatchObject({ generation: 1 });
  });

  it('a scope needs an instance of its own tenant', async () => {
    const [mine, theirs] = [await seedTenant(database.collections), await seedTenant(database.collections)];
    const stolen = {
      _id: scopeId(`${mine.scope}-x`),
      instance_id: theirs.instance,
      kind: 'scan',
      name: 'x',
      categories: [],
      budget: { max_runtime_seconds: 1 },
      created_at: NOW,
    } as const;
    await expect(scopes().create(mine.tenant, stolen)).rejects.toMatchObject({ code: 'INSTANCE_NOT_FOUND' });
    await expect(scopes().create(mine.tenant, { ...stolen, _id: theirs.scope, instance_id: mine.instance })).rejects.toMatchObject({
      code: 'SCOPE_EXISTS',
      field: 'id',
    });
    await expect(scopes().ensure(mine.tenant, { ...stolen, _id: theirs.scope, instance_id: mine.instance })).rejects.toMatchObject({
      code: 'SCOPE_NOT_FOUND',
    });
  });

  it('an instance goes only when no scope reads it, a scope only when nothing is in flight, and its rows go with it', async () => {
    const { tenant, instance, scope } = await seedTenant(database.collections);
    await expect(instances().remove(tenant, instance)).rejects.toMatchObject({ code: 'INSTANCE_IN_USE', holder: scope });
    const { run, generation } = await startRun(database.collections, scope);
    await expect(scopes().remove(tenant, scope)).rejects.toMatchObject({ code: 'SCOPE_IN_FLIGHT', holder: run });
    const graph = bytesOf(jsonLines([role('ada')]));
    const request = {
      scope_id: scope,
      run_id: run,
      generation,
      instance_id: instance,
      source_system: 'aws',
      source_tenant: ACCOUNT,
      results: { iam_roles: cell() },
      graph,
      now: NOW,
    };
    await createGraphSync(database.collections).sync(tenant, request);
    await createRunRepository(database.collections).close(tenant, closing(run));
    await scopes().remove(tenant, scope);
    expect(await createGraphRepository(database.collections).loadTenantGraph(tenant)).toMatchObject({
      entities: [],
      edges: [],
      coverage: [],
    });
    await instances().remove(tenant, instance);
    await expect(scopes().remove(tenant, scope)).rejects.toMatchObject({ code: 'SCOPE_NOT_FOUND' });
    await expect(instances().get(tenant, instance)).rejects.toMatchObject({ code: 'INSTANCE_NOT_FOUND' });
  });

  it('RUN-11: a cooldown can be ended by hand', async () => {
    const { tenant, scope } = await seedTenant(database.collections);
    await database.collections.scanScopes.updateOne({ _id: scope }, { $set: { cooldown_until: later(60) } });
    await scopes().clearCooldown(tenant, scope);
    expect((await scopes().get(tenant, scope)).cooldown_until).toEqual(new Date(0));
  });

  it('ids are checked before they reach a filter', async () => {
    const { tenant } = await seedTenant(database.collections);
    for (const id of [{ $gt: '' }, ['x'], 7, '', '../x', 'A']) {
      await expect(instances().find(tenant, id as never)).rejects.toMatchObject({ code: 'INVALID_ID' });
      await expect(scopes().findForStart(id as never)).rejects.toMatchObject({ code: 'INVALID_ID' });
    }
    expect(await instances().list(tenant, { connector: 'github' })).toEqual([]);
    expect(await scopes().list(tenant, { instance_id: instanceId('i-none') })).toEqual([]);
  });
});
