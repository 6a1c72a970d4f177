/** What a real worker says of credentials when it starts, and when it does not start. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOfPath } from '../../connectors/driver/digests.ts';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { instanceId, type TenantId, tenantId } from '../../domain/ids.ts';
import type { CredentialProvider } from '../../domain/tenancy/types.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

let pipeline: TestPipeline;
const CANARY = `canary-${randomUUID()}`;

beforeAll(async () => {
  pipeline = await openPipeline({ worker: false });
});
afterAll(() => pipeline.close());

async function tenant(slug: string): Promise<TenantId> {
  const id = tenantId(slug.toLowerCase());
  await pipeline.storage.tenants.create({ _id: id, slug, name: slug, kind: 'demo', created_at: new Date() });
  return id;
}

async function instance(owner: TenantId, connector: string, ref = 'MAIN', provider: CredentialProvider = 'env') {
  const _id = instanceId(`${owner}-${connector}-${ref.toLowerCase()}`);
  const content = { name: connector, source_tenant: `s-${ref}`, config: {}, status: 'active', created_at: new Date() } as const;
  await pipeline.storage.instances.create(owner, { ...content, _id, connector, credentials_ref: { provider, ref } });
  return _id;
}

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}
const linesOf = (log: string): readonly LogLine[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);

/** Two connectors from outside whose variables, under these references, make one name: A + B_TOKEN is A_B + TOKEN. */
async function overlappingConnectors(): Promise<string> {
  const manifest = (kind: string, variable: string): ConnectorManifest => ({
    kind,
    title: kind,
    source_system: 'example',
    version: '1.0.0',
    categories: [{ name: 'things', title: 'Things', entities: ['resource/thing'], edges: [], permissions: [] }],
    credential_kinds: [{ kind: 'token', variables: { [variable]: { field: 'token', required: true } } }],
    accepted_variants: {},
    capabilities: { auth: { required: true } },
    config: {},
    params: {},
  });
  const executable = { command: '/bin/sh', args: [], read_only_paths: [], sha256: { '/bin/sh': await digestOfPath('/bin/sh') } };
  const file = join(pipeline.stateDir, 'connectors.json');
  const connectors = [manifest('first', 'B_TOKEN'), manifest('second', 'TOKEN')].map((each) => ({ manifest: each, executable }));
  await writeFile(file, JSON.stringify({ schema: 'sv0.connectors/1', connectors }));
  return file;
}

describe('a worker that starts', () => {
  it('CRED-14 CRED-09: counts who has a credential, by presence: stored and looked-up ones are evidence, an empty variable is none', async () => {
    const [acme, globex, gone] = [await tenant('ACME'), await tenant('GLOBEX'), await tenant('GONE')];
    await instance(acme, 'github');
    await instance(acme, 'aws');
    const stored = await instance(globex, 'github');
    await instance(globex, 'entra');
    await instance(globex, 'not_on_this_host');
    await instance(gone, 'github');
    await pipeline.storage.tenants.setStatus(gone, 'suspended');
    await pipeline.credentials.store.put(globex, stored, { kind: 'github_token', fields: { token: CANARY } }, 'test');
    const wrong = await instance(globex, 'aws');
    const put = { kind: 'aws_access_key', fields: { access_key_id: 'AKIDEXAMPLE', secret_access_key: `${CANARY}-2` } };
    await pipeline.credentials.store.put(globex, wrong, put, 'test');
    // As a release left it whose manifest is no longer: the registry accepts no such kind.
    await pipeline.storage.collections.credentialStates.updateOne({ instance_id: wrong }, { $set: { kind: 'aws_key_of_old' } });

    const worker = await startWorkerProcess(pipeline, {
      environment: { SV0_LOG_LEVEL: 'info', SV0_TENANT_ACME_MAIN_GITHUB_TOKEN: `${CANARY}-3`, SV0_TENANT_ACME_MAIN_AWS_ACCESS_KEY_ID: '' },
    });
    // Nobody's signal opens its debugger, which would show every secret that it has.
    process.kill(worker.pid, 'SIGUSR1');
    await worker.stop();
    expect(worker.said()).not.toContain('Debugger listening');
    const lines = linesOf(worker.said());
    expect(lines.find(({ msg }) => msg === 'connectors with a credential')).toMatchObject({
      enrolled: 2,
      skipped_env: 2,
      skipped_mapping: 1,
    });
    expect(lines.find(({ msg }) => msg === 'connectors without a usable credential')).toMatchObject({
      skipped: ['acme/aws: skipped_env', 'globex/aws: skipped_mapping', 'globex/entra: skipped_env'],
      count: 3,
    });
    expect(lines.find(({ msg }) => msg === 'instances of connectors that this host does not have')).toMatchObject({
      connectors: ['not_on_this_host'],
    });
    expect(worker.said()).not.toContain(CANARY);
  });

  it('CRED-03 CRED-14: refuses where two references of one tenant would read one variable, and says whose', async () => {
    const initech = await tenant('INITECH');
    await instance(initech, 'first', 'A');
    await instance(initech, 'second', 'A_B');
    const connectors = await overlappingConnectors();
    const start = startWorkerProcess(pipeline, { environment: { SV0_CONNECTORS_FILE: connectors } });
    await expect(start).rejects.toThrow(/CREDENTIALS_REF_OVERLAP[^]*tenants\.initech\.credentials_ref/);
  });
});
