/** Whole scans with real children over federation: what each tenant gets is its own, and what is not active launches nothing. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Bindings } from '../../../broker/federation/bindings.ts';
import { createFederationProvider } from '../../../broker/providers/federation/provider.ts';
import { openBindings } from '../../../cli/compose/federation.ts';
import type { ScanRun } from '../../../domain/runs/types.ts';
import { DEMO_GITHUB_APP } from '../../../emulators/github/options.ts';
import { CONTOSO, NORTHWIND } from '../../../emulators/story.ts';
import { openPipeline, type TestPipeline } from '../../support/pipeline.ts';
import { reachedConnector } from '../launches.ts';
import { type Connection, connection, CONTOSO_SOURCE, customerBinds, OTHER_DIRECTORY, type Sources, startSources } from './support.ts';

// Several whole runs in one test, on a host that may be busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let sources: Sources;
let pipeline: TestPipeline;
let bindings: Bindings;

beforeAll(async () => {
  sources = await startSources();
  pipeline = await openPipeline({
    vaults: (storage) => [createFederationProvider({ bindings: storage.bindings, minters: sources.minters })],
  });
  bindings = openBindings({ storage: pipeline.storage, registry: pipeline.registry, minters: sources.minters, now: () => new Date() });
});
afterAll(async () => {
  await pipeline.close();
  await sources.close();
});

const configOf = {
  aws: () => ({ endpoint_url: sources.aws.url, allow_private: true }),
  entra: (tenant_id: string) => ({ tenant_id, graph_url: sources.entra.url, authority_url: sources.entra.url, allow_private: true }),
  github: (organization: string) => ({ organization, base_url: sources.github.url, allow_private: true }),
};

async function awsConnection(tenant: string, account: string): Promise<Connection> {
  const it = await connection(pipeline.storage, 'aws', { tenant, source_tenant: account, config: configOf.aws() });
  await customerBinds(bindings, sources, it, 'aws_assume_role', { ...NORTHWIND, aws: { account } });
  return it;
}

async function githubConnection(tenant: string, github: { organization: string; organizationId: number }): Promise<Connection> {
  const it = await connection(pipeline.storage, 'github', {
    tenant,
    source_tenant: github.organization,
    config: configOf.github(github.organization),
    categories: ['repositories'],
  });
  await customerBinds(bindings, sources, it, 'github_app', { ...NORTHWIND, github });
  return it;
}

async function entraConnection(tenant: string, directory: string): Promise<Connection> {
  const it = await connection(pipeline.storage, 'entra', {
    tenant,
    source_tenant: directory,
    config: configOf.entra(directory),
    categories: ['applications'],
  });
  await customerBinds(bindings, sources, it, 'entra_app', { ...NORTHWIND, entra: { tenantId: directory } });
  return it;
}

const activate = ({ tenant, instance }: Connection) => bindings.activate(tenant, instance, 'test');
const codesOf = (run: ScanRun): readonly string[] =>
  [...new Set(Object.values(run.category_results).flatMap(({ errors }) => errors.map(({ code }) => code)))].sort();
const sourceTenants = ({ tenant }: Connection): Promise<unknown[]> =>
  pipeline.storage.collections.entities.distinct('source_tenant', { tenant_id: tenant, removed: false });
const granted = async ({ tenant, instance }: Connection) =>
  (await pipeline.storage.audit.list(tenant)).filter(
    ({ action, outcome, subject }) => action === 'credential.resolve' && outcome === 'granted' && subject['instance'] === instance,
  );

/** No credential of ours, and no session of theirs, is anywhere in the database. */
async function expectNoSecretIn(needles: readonly (string | RegExp)[]): Promise<void> {
  const { db } = pipeline.storage.connection;
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    const text = JSON.stringify(await db.collection(name).find({}).toArray());
    for (const needle of needles)
      expect(typeof needle === 'string' ? text.indexOf(needle) : text.search(needle), `${name} holds a secret`).toBe(-1);
  }
}

describe('scans over federation', () => {
  it('CRED-18 CRED-08: AWS: two tenants read their own accounts by their own roles, in sessions cut down to reads', async () => {
    const northwind = await awsConnection('northwind', NORTHWIND.aws.account);
    const contoso = await awsConnection('contoso', CONTOSO_SOURCE.aws);
    // Not active yet: the preflight refuses, no child is spawned, nobody is asked.
    const before = sources.aws.counters['sts:AssumeRole'] ?? 0;
    const early = await pipeline.scan(northwind.scope);
    expect([early.status, codesOf(early), await reachedConnector(pipeline, early)]).toEqual(['failed', ['BINDING_NOT_ACTIVE'], false]);
    expect(sources.aws.counters['sts:AssumeRole'] ?? 0).toBe(before);
    for (const it of [northwind, contoso]) {
      await activate(it);
      const run = await pipeline.scan(it.scope);
      expect([run.status, codesOf(run)]).toEqual(['succeeded', []]);
      const resolved = await granted(it);
      expect(resolved.map(({ subject }) => subject['purpose']).sort()).toEqual(['launch', 'preflight']);
      expect(resolved[0]?.subject).toMatchObject({
        key_names: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
        version: 'aws_assume_role/v3',
      });
    }
    expect(await sourceTenants(northwind)).toContain(NORTHWIND.aws.account);
    expect(await sourceTenants(northwind)).not.toContain(CONTOSO.aws.account);
    expect(await sourceTenants(contoso)).toContain(CONTOSO.aws.account);
    expect(await sourceTenants(contoso)).not.toContain(NORTHWIND.aws.account);
    expect(sources.aws.counters['session_policies']).toBeGreaterThan(3);
  });

  it('CRED-18: an instance that was pointed at another account since is not read by the binding of the first', async () => {
    const moved = await awsConnection('initech', NORTHWIND.aws.account);
    await pipeline.storage.instances.update(moved.tenant, moved.instance, { source_tenant: CONTOSO.aws.account });
    await pipeline.storage.collections.federationBindings.updateOne(
      { _id: `${moved.tenant}/${moved.instance}` },
      { $set: { state: 'active' } },
    );
    await pipeline.storage.collections.federationIdentifiers.updateMany({ tenant_id: moved.tenant }, { $set: { proven: true } });
    const before = sources.aws.counters['sts:AssumeRole'] ?? 0;
    const run = await pipeline.scan(moved.scope);
    expect([run.status, codesOf(run), await reachedConnector(pipeline, run)]).toEqual(['failed', ['FEDERATION_MISMATCH'], false]);
    expect(sources.aws.counters['sts:AssumeRole'] ?? 0).toBe(before);
  });

  it('CRED-18: a binding whose row was poisoned with another tenant’s role does not open it', async () => {
    const northwind = await pipeline.storage.bindings.find('northwind' as never, 'northwind-aws' as never);
    const poisoned = await connection(pipeline.storage, 'aws', { tenant: 'mallory', config: configOf.aws() });
    await bindings.prepare(poisoned.tenant, poisoned.instance, 'aws_assume_role', 'test');
    await pipeline.storage.collections.federationBindings.updateOne(
      { _id: `${poisoned.tenant}/${poisoned.instance}` },
      { $set: { state: 'active', target: northwind?.target ?? null } },
    );
    const run = await pipeline.scan(poisoned.scope);
    expect([run.status, codesOf(run), await reachedConnector(pipeline, run)]).toEqual(['failed', ['BINDING_NOT_OURS'], false]);
    // With the reservation as well: the external ID is not its own.
    await pipeline.storage.collections.federationIdentifiers.updateMany(
      { tenant_id: 'northwind' as never },
      { $set: { tenant_id: poisoned.tenant } },
    );
    const again = await pipeline.scan(poisoned.scope);
    expect([again.status, codesOf(again), await reachedConnector(pipeline, again)]).toEqual([
      'failed',
      ['FEDERATION_ACCESS_REFUSED'],
      false,
    ]);
    expect(await sourceTenants(poisoned)).toEqual([]);
  });

  it('CRED-18: GitHub: installations of one App never mix, and a binding that names another organisation’s is refused at every mint', async () => {
    const northwind = await githubConnection('northwind', NORTHWIND.github);
    const contoso = await githubConnection('contoso', CONTOSO.github);
    for (const it of [northwind, contoso]) {
      await activate(it);
      const run = await pipeline.scan(it.scope);
      expect([run.status, codesOf(run)]).toEqual(['succeeded', []]);
    }
    expect(await sourceTenants(northwind)).toContain(NORTHWIND.github.organization);
    expect(await sourceTenants(northwind)).not.toContain(CONTOSO.github.organization);
    expect(await sourceTenants(contoso)).toContain(CONTOSO.github.organization);
    const minted = sources.github.counters['access_tokens'] ?? 0;
    await pipeline.storage.collections.federationBindings.updateOne(
      { _id: `${contoso.tenant}/${contoso.instance}` },
      { $set: { 'target.installation_id': DEMO_GITHUB_APP.installations[NORTHWIND.github.organization] ?? 0 } },
    );
    const run = await pipeline.scan(contoso.scope);
    expect([run.status, codesOf(run), await reachedConnector(pipeline, run)]).toEqual(['failed', ['FEDERATION_MISMATCH'], false]);
    expect(sources.github.counters['access_tokens'] ?? 0).toBe(minted);
  });

  it('CRED-18 CRED-12: Entra: a token of the bound directory and no other; without consent, or revoked, nothing is launched', async () => {
    const northwind = await entraConnection('northwind', NORTHWIND.entra.tenantId);
    const contoso = await entraConnection('contoso', OTHER_DIRECTORY);
    for (const it of [northwind, contoso]) {
      await activate(it);
      const run = await pipeline.scan(it.scope);
      expect([run.status, codesOf(run)]).toEqual(['succeeded', []]);
      expect((await granted(it))[0]?.subject).toMatchObject({ key_names: ['ENTRA_ACCESS_TOKEN'] });
    }
    expect(await sourceTenants(northwind)).toContain(NORTHWIND.entra.tenantId);
    expect(await sourceTenants(contoso)).toContain(OTHER_DIRECTORY);
    expect(await sourceTenants(contoso)).not.toContain(NORTHWIND.entra.tenantId);
    // Nothing is kept from before: consent that is taken back counts at the next launch.
    sources.consents.delete(OTHER_DIRECTORY);
    const without = await pipeline.scan(contoso.scope);
    expect([without.status, codesOf(without), await reachedConnector(pipeline, without)]).toEqual([
      'failed',
      ['FEDERATION_ACCESS_REFUSED'],
      false,
    ]);
    const asked = sources.entra.counters['tokens_issued'];
    await bindings.revoke(northwind.tenant, northwind.instance, 'test');
    const revoked = await pipeline.scan(northwind.scope);
    expect([revoked.status, codesOf(revoked), await reachedConnector(pipeline, revoked)]).toEqual(['failed', ['BINDING_REVOKED'], false]);
    expect(sources.entra.counters['tokens_issued']).toBe(asked);
  });

  it('CRED-18: an instance without a binding needs one of its customer, whatever its reference says', async () => {
    const it = await connection(pipeline.storage, 'aws', { tenant: 'nobody', config: configOf.aws() });
    const run = await pipeline.scan(it.scope);
    expect([run.status, codesOf(run), await reachedConnector(pipeline, run)]).toEqual(['failed', ['CREDENTIALS_REQUIRED'], false]);
  });

  it('CRED-07: neither our own keys nor what was minted is in the database, and external IDs are not in the audit log', async () => {
    await expectNoSecretIn([...sources.ownSecrets, /ASIA[0-9A-F]{16}/, 'ghs_demo', 'eyJ0eXAiOiJKV1QiLCJhbGci']);
    const ids = (await pipeline.storage.collections.federationBindings.find().toArray()).map(({ external_id }) => external_id);
    const audit = JSON.stringify(await pipeline.storage.collections.audit.find().toArray());
    for (const id of ids) expect(audit).not.toContain(id);
  });
});
