/** `sv0 onboarding` and `sv0 bindings`, from the printed template to an active binding, as operator and customer do it. */
import { chmod, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PROJECT } from '../../cli/folders.ts';
import { createStack } from '../../emulators/aws/stack.ts';
import { NORTHWIND } from '../../emulators/story.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createScopeRepository } from '../../storage/mongo/scopes.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { connection, type Sources, startSources } from '../broker/federation/support.ts';
import { testMongoUri, withDatabase } from '../support/mongo.ts';

// Every command is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

const database = withDatabase();
let sources: Sources;

beforeAll(async () => {
  sources = await startSources();
  const { collections } = database;
  const storage = {
    tenants: createTenantRepository(collections),
    instances: createInstanceRepository(collections),
    scopes: createScopeRepository(collections),
  };
  for (const connector of ['aws', 'entra', 'github'] as const) await connection(storage, connector);
});
afterAll(() => sources.close());

async function sv0(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(PROJECT, 'dist', 'cli', 'sv0.mjs'), ...args], {
    reject: false,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'],
      NODE_NO_WARNINGS: '1',
      MONGODB_URI: testMongoUri(),
      SV0_MONGODB_DATABASE: database.name,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      SV0_STATE_DIR: dirname(sources.file),
      SV0_FEDERATION_FILE: sources.file,
    },
  });
  for (const secret of sources.ownSecrets) expect(stdout + stderr).not.toContain(secret);
  return { exitCode, stdout, stderr };
}

describe('sv0 onboarding and sv0 bindings', () => {
  it('CRED-20 CRED-19 OPS-06: AWS: the printed template becomes a stack, its ARN comes back, and the binding is active', async () => {
    const printed = await sv0('onboarding', 'aws', '--tenant', 'northwind');
    expect([printed.exitCode, printed.stderr]).toEqual([0, 'for the connection northwind-aws; then: sv0 bindings create northwind-aws …']);
    const file = join(dirname(sources.file), 'template.json');
    await writeFile(file, printed.stdout);
    expect((await sv0('onboarding', 'lint', file)).stdout).toBe('read-only');
    const world = sources.aws.worlds.find(({ account }) => account === NORTHWIND.aws.account);
    if (world === undefined) throw new Error('no account');
    const [arn = ''] = createStack(world, JSON.parse(printed.stdout));
    expect((await sv0('bindings', 'create', 'northwind-aws', '--role-arn', arn)).exitCode).toBe(0);
    const active = JSON.parse((await sv0('bindings', 'activate', 'northwind-aws')).stdout) as { state: string; probes: unknown[] };
    expect([active.state, active.probes.length]).toEqual(['active', 3]);
    const listed = await sv0('bindings', 'list', '--tenant', 'northwind');
    expect(JSON.parse(listed.stdout)).toMatchObject({ instance_id: 'northwind-aws', state: 'active', target: { role_arn: arn } });
  });

  it('CRED-20: bad input: a typed error that says who acts, and nothing written', async () => {
    const file = join(dirname(sources.file), 'wide.json');
    await writeFile(file, JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] }));
    for (const [args, code] of [
      [['onboarding', 'lint', file], 'TEMPLATE_NOT_READ_ONLY'],
      [['onboarding', 'aws', '--tenant', 'nobody'], 'INSTANCE_NOT_NAMED'],
      [['bindings', 'create', 'northwind-entra', '--entra-tenant', 'common'], 'INVALID_BINDING'],
    ] as const) {
      const { exitCode, stdout, stderr } = await sv0(...args);
      expect([args, exitCode, stdout]).toEqual([args, 2, '']);
      expect(stderr).toContain(code);
    }
    await chmod(join(dirname(sources.file), 'github.pem'), 0o644);
    const open = await sv0('bindings', 'list', '--tenant', 'northwind');
    expect([open.exitCode, open.stderr]).toEqual([2, expect.stringContaining('private_key_file')]);
    await chmod(join(dirname(sources.file), 'github.pem'), 0o600);
  });
});
