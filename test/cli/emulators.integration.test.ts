import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { IAMClient, paginateGetAccountAuthorizationDetails } from '@aws-sdk/client-iam';
import { PROJECT } from '../../cli/folders.ts';

let folder: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv0-emulators-'));
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Starts the command and reads its first line of stdout and everything that it says until it is ready. */
async function emulators(...args: string[]): Promise<{ url: string; said: string }> {
  child = spawn(process.execPath, [join(PROJECT, 'dist', 'cli', 'sv0.mjs'), 'emulators', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no pipes');
  const ready = new Promise<void>((resolve) => {
    stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready')) resolve();
    });
  });
  const url = await createInterface({ input: stdout })[Symbol.asyncIterator]().next();
  await ready;
  return { url: String(url.value), said };
}

describe('npm run emulators', () => {
  it.each(['aws', 'entra', 'github', 'servicenow'])('CONN-02: %s starts alone, prints its address, and ends by Ctrl-C', async (kind) => {
    const { url } = await emulators(kind);
    expect((await fetch(url)).status).toBeGreaterThanOrEqual(400);
    child?.kill('SIGINT');
    expect(await once(child as ChildProcess, 'exit')).toEqual([0, null]);
  });

  it("CONN-02: aws serves any account's export to the real SDK", async () => {
    const file = join(folder, 'details.json');
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    };
    const role = {
      Path: '/',
      RoleName: 'only-role',
      RoleId: 'AROAEXAMPLEEXAMPLE123',
      Arn: 'arn:aws:iam::123456789012:role/only-role',
      CreateDate: '2026-01-01T00:00:00+00:00',
      AssumeRolePolicyDocument: trust,
      InstanceProfileList: [],
      RolePolicyList: [],
      AttachedManagedPolicies: [],
      Tags: [],
    };
    await writeFile(file, JSON.stringify({ UserDetailList: [], GroupDetailList: [], RoleDetailList: [role], Policies: [] }));
    const { url, said } = await emulators('aws', '--authorization-details', file);
    const [, accessKeyId, secretAccessKey] = /account 123456789012, key (\S+), secret (\S+)/.exec(said) ?? [];
    const client = new IAMClient({
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '' },
    });
    const roles: (string | undefined)[] = [];
    for await (const page of paginateGetAccountAuthorizationDetails({ client }, {}))
      roles.push(...(page.RoleDetailList ?? []).map(({ Arn }) => Arn));
    expect(roles).toEqual([role.Arn]);
  });
});
