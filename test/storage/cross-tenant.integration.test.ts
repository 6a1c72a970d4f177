/** API-05: every method of every repository, called by one tenant with the ids of another, and without a tenant. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../domain/canonical.ts';
import { type TenantId, tenantId } from '../../domain/ids.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { withDatabase } from '../support/mongo.ts';
import { type All, fill, MATRIX, repositories, type Theirs, WITHOUT_TENANT } from './every-method.ts';
import { NOW } from './rows.ts';

const database = withDatabase();

let theirs: Theirs;
let mine: TenantId;
let before: string;

/** Everything in the database that is not the caller's own. */
async function theirState(): Promise<string> {
  const state: unknown[] = [];
  const names = (await database.db.listCollections().toArray()).map(({ name }) => name).sort();
  for (const name of names) {
    const rows = await database.db
      .collection(name)
      .find({ $nor: [{ _id: mine as never }, { tenant_id: mine }, { 'metadata.tenant_id': mine }] })
      .sort({ _id: 1 })
      .toArray();
    if (!name.endsWith('.chunks')) state.push([name, rows]);
  }
  return sha256(JSON.stringify(state));
}

beforeAll(async () => {
  mine = tenantId('t-intruder');
  await createTenantRepository(database.collections).create({ _id: mine, slug: 'INTRUDER', name: 'x', kind: 'demo', created_at: NOW });
  theirs = await fill(database.db);
  before = await theirState();
});

describe('cross-tenant matrix', () => {
  it('API-05: names every method of every repository', () => {
    const methods = Object.entries(repositories(database.db)).flatMap(([name, repository]) =>
      Object.keys(repository).map((method) => `${name}.${method}`),
    );
    expect([...Object.keys(MATRIX), ...WITHOUT_TENANT].sort()).toEqual(methods.sort());
  });

  it.each(Object.entries(MATRIX))('API-05: %s gives another tenant nothing', async (_name, [outcome, call]) => {
    const result = call(repositories(database.db), mine, theirs);
    if (outcome === 'not found') {
      await expect(result).rejects.toSatisfy((error: Error) => ['NotFoundError', 'FencedError', 'ConflictError'].includes(error.name));
      await result.catch((error: Error) => expect(error.message).not.toContain(theirs.tenant));
    } else if (outcome === 'nothing') expect([null, false, 0, '[]']).toContain(stated(await result));
    else await result;
    expect(await theirState()).toBe(before);
    expect((await repositories(database.db).artifacts.open(theirs.tenant, theirs.run, theirs.artifact)).destroy()).toBeDefined();
  });

  it.each(Object.keys(MATRIX))('API-05: %s without a tenant is an error, and never "all tenants"', async (name) => {
    const [repository, method] = name.split('.') as [keyof All, string];
    const call = (repositories(database.db)[repository] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[method];
    for (const missing of [undefined, null, '', {}, { $ne: null }, ['t-a']]) {
      await expect(call?.(missing, ...argumentsOf(name))).rejects.toMatchObject({ name: 'InvalidInputError' });
    }
    expect(await theirState()).toBe(before);
  });
});

const stated = (value: unknown): unknown => (Array.isArray(value) ? JSON.stringify(value) : value);

/** Good arguments behind the missing tenant, so that it is the tenant that is refused. */
function argumentsOf(name: string): readonly unknown[] {
  const captured: unknown[][] = [];
  const [repository, method] = name.split('.') as [string, string];
  const recorder = { [repository]: { [method]: (...args: unknown[]) => Promise.resolve(void captured.push(args)) } };
  void MATRIX[name]?.[1](recorder as never, mine, theirs)?.catch(() => undefined);
  return captured[0]?.slice(1) ?? [];
}
