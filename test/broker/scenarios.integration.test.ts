/** The scenarios of the two source documents about stored credentials, by their names, with real children on all three launch paths. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { enrolAtBoot, presentVariables } from '../../broker/eligibility.ts';
import { openCredentialKeys } from '../../cli/compose/credential-keys.ts';
import { createStoredCredentials } from '../../cli/compose/credential-store.ts';
import { createRegistry } from '../../connectors/registry/registry.ts';
import { envName } from '../../domain/credentials/ref.ts';
import { vaultName } from '../../domain/credentials/vault-name.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import { type RunningKeyVault, startKeyVaultEmulator } from '../../emulators/keyvault/server.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';
import { connect, type Connection, digest, installedBrowsers, launchesOf, reachedConnector, reported } from './launches.ts';
import { vaultProvider } from './providers/vault-fixtures.ts';

// Three whole runs in one test, on a host that may be busy.
vi.setConfig({ testTimeout: 180_000 });

const KINDS = ['amazon', 'chase', 'reddit', 'usaa'] as const;
let pipeline: TestPipeline;
let vault: RunningKeyVault;
let launch: ReturnType<typeof launchesOf>;

beforeAll(async () => {
  vault = await startKeyVaultEmulator();
  pipeline = await openPipeline({ connectors: await installedBrowsers(KINDS), vaults: [vaultProvider(vault.url, randomUUID())] });
  launch = launchesOf(pipeline);
});
afterAll(async () => {
  await pipeline.close();
  await vault.close();
});

/** What a host may have of its own: the worker of these tests runs in this process. */
const hostVariables = KINDS.flatMap((kind) => [`${kind.toUpperCase()}_USERNAME`, `${kind.toUpperCase()}_PASSWORD`]);
afterEach(() => {
  for (const name of hostVariables) delete process.env[name];
});

const namesOf = (kind: string) => ({ username: `${kind.toUpperCase()}_USERNAME`, password: `${kind.toUpperCase()}_PASSWORD` });
const secretOf = (mark: string) => ({ username: `user-${mark}`, password: `password-of-${mark}` });

async function store(connection: Connection, mark: string): Promise<Readonly<Record<string, string>>> {
  const fields = secretOf(mark);
  await pipeline.credentials.store.put(connection.tenant, connection.instance, { kind: 'username_password', fields }, 'test');
  const { username, password } = namesOf(connection.kind);
  return { [password]: digest(fields.password), [username]: digest(fields.username) };
}

/** Under the names that the `env` provider looks up, and deployment-wide. */
function setHost({ slug, kind }: Connection, value: (name: string) => string): void {
  for (const name of Object.values(namesOf(kind))) {
    pipeline.environment[envName(slug, 'MAIN', name)] = value(name);
    process.env[name] = value(name);
  }
}

const cellsOf = (run: ScanRun) =>
  Object.fromEntries(
    Object.entries(run.category_results).map(([name, { status, items_scanned }]) => [
      name,
      [status, name.startsWith('__') ? 0 : items_scanned],
    ]),
  );
const codesOf = (run: ScanRun): readonly string[] =>
  [...new Set(Object.values(run.category_results).flatMap(({ errors }) => errors.map(({ code }) => code)))].sort();
const audited = async ({ tenant }: Connection) =>
  (await pipeline.storage.audit.list(tenant)).filter(({ action }) => action === 'credential.resolve');

describe('Scenario: Scheduled run succeeds with no credential env vars', () => {
  it.each([
    ['absent', null],
    ['empty strings', ''],
  ])(
    'CRED-13 CRED-10 CRED-11: scheduled, retry and manual runs get the stored credential where the host’s variables are %s',
    async (_, value) => {
      const connection = await connect(pipeline, 'amazon');
      const expected = await store(connection, `scheduled-${String(value)}`);
      if (value !== null) setHost(connection, () => value);
      const scheduled = await launch.scheduled(connection);
      expect(scheduled).toMatchObject({ status: 'succeeded', reason: null, trigger: { type: 'scheduled' } });
      expect(await reported(pipeline, connection)).toEqual(expected);
      const retried = await launch.retry(scheduled);
      expect(await reported(pipeline, connection)).toEqual(expected);
      const manual = await launch.manual(connection);
      expect(await reported(pipeline, connection)).toEqual(expected);
      for (const run of [retried, manual])
        expect([run.status, run.reason, cellsOf(run)]).toEqual([scheduled.status, scheduled.reason, cellsOf(scheduled)]);
      // No `credentials_required` was raised anywhere; each run resolved twice, granted each time, in the same way.
      for (const run of [scheduled, retried, manual]) expect(codesOf(run)).toEqual([]);
      const granted = (await audited(connection)).filter(({ outcome }) => outcome === 'granted');
      expect(granted).toHaveLength(6);
      expect(new Set(granted.map(({ subject }) => JSON.stringify([subject['key_names'], subject['version']]))).size).toBe(1);
    },
  );

  it('CRED-11: deployment-wide variables of the host never reach a child, and the stored credential wins over the provider’s', async () => {
    const connection = await connect(pipeline, 'amazon');
    const expected = await store(connection, 'wins');
    setHost(connection, (name) => `host-value-of-${name}`);
    expect((await launch.scheduled(connection)).status).toBe('succeeded');
    expect(await reported(pipeline, connection)).toEqual(expected);
  });

  it('CRED-13: with no credential anywhere, the run says that the customer must provide one', async () => {
    const connection = await connect(pipeline, 'reddit');
    // Deployment-wide only: that is no credential of this connection.
    for (const name of Object.values(namesOf('reddit'))) process.env[name] = `host-value-of-${name}`;
    const run = await launch.scheduled(connection);
    expect(run.status).toBe('failed');
    expect(codesOf(run)).toEqual(['CREDENTIALS_REQUIRED']);
    expect(JSON.stringify(run.category_results)).toContain('"actor":"customer"');
    expect(await reachedConnector(pipeline, run)).toBe(false);
  });
});

describe('Scenario: Browser-backed username/password connection uses stored credentials', () => {
  it.each(KINDS)('CRED-15 CONN-07 CRED-10: %s, for scheduled, retry and manual runs', async (kind) => {
    const connection = await connect(pipeline, kind, { provider: 'store' });
    const expected = await store(connection, kind);
    const scheduled = await launch.scheduled(connection);
    const runs = [scheduled, await launch.retry(scheduled), await launch.manual(connection)];
    expect(runs.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(await reported(pipeline, connection)).toEqual(expected);
    expect(runs.flatMap(codesOf)).toEqual([]);
  });

  it('CRED-15: two connections of one connector never mix', async () => {
    const one = await connect(pipeline, 'chase');
    const two = await connect(pipeline, 'chase', { tenant: one.tenant });
    const expected = [await store(one, 'first'), await store(two, 'second')];
    await Promise.all([launch.manual(one), launch.manual(two)]);
    expect([await reported(pipeline, one), await reported(pipeline, two)]).toEqual(expected);
  });

  it('CRED-16: a stored kind that the registry does not accept is a typed defect, and no child is spawned', async () => {
    const connection = await connect(pipeline, 'usaa');
    // As an older release stored it, whose connector called the kind by another name.
    const { manifest, executable } = pipeline.registry.get('usaa');
    const [declared] = manifest.credential_kinds;
    const older = createRegistry([
      { manifest: { ...manifest, credential_kinds: [{ kind: 'login', variables: declared?.variables ?? {} }] }, executable },
    ]);
    const release = createStoredCredentials({
      storage: pipeline.storage,
      registry: older,
      keys: await openCredentialKeys({ credentialKeys: undefined, keyVault: undefined, stateDir: pipeline.stateDir }),
      now: () => new Date(),
    });
    await release.store.put(connection.tenant, connection.instance, { kind: 'login', fields: secretOf('older') }, 'test');
    const run = await launch.scheduled(connection);
    expect(codesOf(run)).toEqual(['CREDENTIAL_KIND_MISMATCH']);
    expect(await reachedConnector(pipeline, run)).toBe(false);
  });
});

describe('Scenario: Credential resolution failure refuses the launch', () => {
  const wreck = (connection: Connection) =>
    pipeline.storage.collections.storedCredentials.updateOne(
      { instance_id: connection.instance },
      { $set: { ciphertext: Buffer.from('not what was stored').toString('base64') } },
    );

  it.each([
    ['revoked', 'CREDENTIAL_REVOKED', (it: Connection) => pipeline.credentials.store.revoke(it.tenant, it.instance, 'test')],
    ['deleted', 'CREDENTIAL_DELETED', (it: Connection) => pipeline.credentials.store.remove(it.tenant, it.instance, 'test')],
    ['unrecoverable', 'CREDENTIAL_UNRECOVERABLE', wreck],
  ])(
    'CRED-12 CRED-10: %s, for scheduled, retry and manual launches: no child, a typed failure, nothing falls back',
    async (_, code, spoil) => {
      const connection = await connect(pipeline, 'amazon');
      await store(connection, code);
      // Everything that could be fallen back to is there, and is right.
      setHost(connection, (name) => `host-value-of-${name}`);
      await spoil(connection);
      const scheduled = await launch.scheduled(connection);
      const runs = [scheduled, await launch.retry(scheduled), await launch.manual(connection)];
      for (const run of runs) {
        expect(run.status).toBe('failed');
        expect(codesOf(run)).toEqual([code]);
        expect(await reachedConnector(pipeline, run)).toBe(false);
      }
      expect(await reported(pipeline, connection)).toEqual({});
      const records = await audited(connection);
      expect(records.map(({ outcome }) => outcome).toSorted()).toEqual([
        'attempted',
        'attempted',
        'attempted',
        'refused',
        'refused',
        'refused',
      ]);
    },
  );
});

describe('Scenario: Env-free deployment auto-enrolls a store-backed connector', () => {
  it('CRED-14: at least one active connection with an active stored credential is enough, and it is not counted as skipped_env', async () => {
    const bare = await connect(pipeline, 'amazon');
    const stored = await connect(pipeline, 'amazon', { tenant: bare.tenant });
    const other = await connect(pipeline, 'chase', { tenant: bare.tenant });
    setHost(bare, () => '');
    const manifestOf = (kind: string) => pipeline.registry.get(kind).manifest;
    const enrol = async () => {
      const status = new Map((await pipeline.credentials.store.list(bare.tenant)).map((it) => [it.instance_id, it]));
      const instances = await pipeline.storage.instances.list(bare.tenant);
      return enrolAtBoot(
        instances.map((instance) => ({
          instance,
          environment: presentVariables(pipeline.environment, bare.slug, 'MAIN', manifestOf(instance.connector)),
          stored: status.get(instance._id) ?? { state: 'none', kind: null },
        })),
        manifestOf,
      );
    };
    expect(await enrol()).toMatchObject({ enrolled: 0, skipped_env: 2, skipped_mapping: 0 });
    await store(stored, 'enrolled');
    expect(await enrol()).toMatchObject({
      enrolled: 1,
      skipped_env: 1,
      skipped_mapping: 0,
      connectors: [{ connector: 'amazon', instances: [stored.instance] }, { connector: 'chase' }],
    });
    await pipeline.credentials.store.revoke(stored.tenant, stored.instance, 'test');
    expect(await enrol()).toMatchObject({ enrolled: 0, skipped_env: 2 });
    // Nothing was resolved, so nothing was recovered.
    expect(await audited(other)).toEqual([]);
  });
});

describe('a vault instead of a stored credential', () => {
  it('CRED-17: a rotation in Key Vault takes effect on the next scan', async () => {
    const connection = await connect(pipeline, 'reddit', { provider: 'azure_keyvault' });
    const { username, password } = namesOf('reddit');
    const rotate = (mark: string): Readonly<Record<string, string>> => {
      const fields = secretOf(mark);
      const value = JSON.stringify({ MAIN: { [username]: fields.username, [password]: fields.password } });
      vault.set({ name: vaultName(connection.tenant, 'reddit'), value, tags: { tenant: connection.tenant, kind: 'reddit' } });
      return { [password]: digest(fields.password), [username]: digest(fields.username) };
    };
    for (const mark of ['before', 'after']) {
      const expected = rotate(mark);
      expect((await launch.manual(connection)).status).toBe('succeeded');
      expect(await reported(pipeline, connection)).toEqual(expected);
    }
  });
});
