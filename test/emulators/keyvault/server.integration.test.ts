import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningKeyVault, startKeyVaultEmulator } from '../../../emulators/keyvault/server.ts';
import { vaultClient } from '../../broker/providers/vault-fixtures.ts';

let vault: RunningKeyVault;
beforeAll(async () => {
  const secrets = Array.from({ length: 7 }, (_, index) => ({ name: `secret-${index}`, value: `value ${index}` }));
  vault = await startKeyVaultEmulator({ secrets, permissions: ['get', 'list', 'set'], pageSize: 3 });
});
afterAll(() => vault.close());

describe('the Key Vault emulator, as the real client sees it', () => {
  it('CRED-17: folds case, keeps versions, and pages', async () => {
    const client = vaultClient(vault.url, randomUUID());
    expect((await client.getSecret('SECRET-1')).value).toBe('value 1');
    const before = (await client.getSecret('secret-1')).properties.version ?? '';
    await client.setSecret('Secret-1', 'newer', { tags: { tenant: 'acme' } });
    const newest = await client.getSecret('secret-1');
    expect([newest.value, newest.properties.tags]).toEqual(['newer', { tenant: 'acme' }]);
    expect((await client.getSecret('secret-1', { version: before })).value).toBe('value 1');
    const names: string[] = [];
    for await (const { name } of client.listPropertiesOfSecrets()) names.push(name);
    expect(names).toHaveLength(7);
    expect(vault.counters['list']).toBe(3);
  });

  it('CRED-17: takes no name beyond the limits, and no token that is not its own', async () => {
    const client = vaultClient(vault.url, randomUUID());
    await expect(client.getSecret('a'.repeat(128))).rejects.toMatchObject({ statusCode: 400 });
    await expect(client.getSecret('under_score')).rejects.toMatchObject({ statusCode: 400 });
    await expect(client.getSecret('absent')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
    const answer = await fetch(`${vault.url}/secrets/secret-1?api-version=7.6`, { headers: { authorization: 'Bearer made-up' } });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('resource="https://vault.azure.net"'),
    ]);
    const unasked = await fetch(`${vault.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net`);
    expect(unasked.status).toBe(400);
  });

  it('CRED-17: throttling fails those who come back early, and serves those who wait', async () => {
    const client = vaultClient(vault.url, randomUUID());
    await client.getSecret('secret-1');
    vault.misbehave({ throttle: { requests: 1, retryAfterMs: 400 } });
    await expect(client.getSecret('secret-1')).rejects.toMatchObject({ statusCode: 429 });
    await expect(client.getSecret('secret-1')).rejects.toMatchObject({ statusCode: 429 });
    expect([vault.counters['throttled'], vault.counters['early']]).toEqual([1, 1]);
    await expect
      .poll(
        () =>
          client.getSecret('secret-1').then(
            ({ value }) => value,
            () => null,
          ),
        { interval: 450, timeout: 5_000 },
      )
      .toBe('newer');
  });
});
