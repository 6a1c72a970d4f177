import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startKeyVaultEmulator, type RunningKeyVault } from '../../../emulators/keyvault/server.ts';
import type { CredentialProvider } from '../../../broker/provider.ts';
import { asked, documentOf, secretOf, VARIABLES, vaultProvider } from './vault-fixtures.ts';

let vault: RunningKeyVault;
let provider: CredentialProvider;
beforeAll(async () => {
  vault = await startKeyVaultEmulator({
    secrets: [
      secretOf('acme'),
      secretOf('globex', { value: documentOf({ MAIN: { AWS_ACCESS_KEY_ID: 'AKIAGLOBEX', AWS_SECRET_ACCESS_KEY: 'globex-secret-key' } }) }),
    ],
  });
});
afterAll(() => vault.close());
beforeEach(() => {
  vault.misbehave({});
  // A client id of its own: the SDK keeps tokens per identity.
  provider = vaultProvider(vault.url, randomUUID());
});
const failureOf = async (tenant = 'acme', ref = 'MAIN'): Promise<unknown> =>
  await provider.provide(asked(tenant, ref)).then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('Azure Key Vault', () => {
  it('CRED-17 CRED-03: signs in by managed identity, answers the challenge, and reads the one secret of tenant and kind by get alone', async () => {
    const before = { ...vault.counters };
    const provided = await provider.provide(asked('acme'));
    expect(provided).toMatchObject({ variables: VARIABLES, version: expect.stringMatching(/^[0-9a-f]{32}$/), expires_at: null });
    const during = (what: string): number => (vault.counters[what] ?? 0) - (before[what] ?? 0);
    expect([during('token'), during('challenge'), during('get'), during('list'), during('denied')]).toEqual([1, 1, 1, 0, 0]);
  });

  it('CRED-17: nothing is kept: every resolve asks again, and a rotation is seen by the next', async () => {
    const first = await provider.provide(asked('acme'));
    vault.set(secretOf('acme', { value: documentOf({ MAIN: { ...VARIABLES, AWS_SECRET_ACCESS_KEY: 'rotated-secret-value' } }) }));
    const second = await provider.provide(asked('acme'));
    expect(second?.variables['AWS_SECRET_ACCESS_KEY']).toBe('rotated-secret-value');
    expect(second?.version).not.toBe(first?.version);
    vault.set(secretOf('acme'));
  });

  it('CRED-06: gives only what the reference selects, and of that only what the connector declares', async () => {
    vault.set(
      secretOf('parts', {
        value: documentOf({
          MAIN: { ...VARIABLES, NODE_OPTIONS: '--inspect', AWS_SESSION_TOKEN: '' },
          AUDIT: { AWS_ACCESS_KEY_ID: 'AKIAAUDIT', AWS_SECRET_ACCESS_KEY: 'audit-secret-value' },
        }),
      }),
    );
    expect((await provider.provide(asked('parts')))?.variables).toEqual(VARIABLES);
    expect((await provider.provide(asked('parts', 'AUDIT')))?.variables['AWS_ACCESS_KEY_ID']).toBe('AKIAAUDIT');
    for (const ref of ['OTHER', '__PROTO__', 'CONSTRUCTOR']) expect(await provider.provide(asked('parts', ref))).toBeNull();
  });

  it('CRED-06: a tenant that differs in case only gets nothing of the other’s, though the vault folds case', async () => {
    expect((await provider.provide(asked('globex')))?.variables['AWS_ACCESS_KEY_ID']).toBe('AKIAGLOBEX');
    expect(await provider.provide(asked('globex.eu'))).toBeNull();
    expect(await provider.provide(asked('nobody'))).toBeNull();
  });

  it.each([
    ['another tenant', { tenant: 'acme', kind: 'aws' }],
    ['another kind', { tenant: 'marked', kind: 'github' }],
    ['nobody', undefined],
  ])('CRED-06: a secret that is tagged as that of %s is refused', async (_, tags) => {
    vault.set({ name: secretOf('marked').name, value: documentOf(), ...(tags === undefined ? {} : { tags }) });
    expect(await failureOf('marked')).toMatchObject({ code: 'VAULT_SECRET_NOT_OURS', actor: 'operator' });
  });

  it('CRED-17: `nbf` and `exp` are enforced here, because the vault answers all the same', async () => {
    const hour = 3_600_000;
    vault.set(secretOf('dated', { expires: new Date(Date.now() - hour) }));
    expect(await failureOf('dated')).toMatchObject({ code: 'CREDENTIAL_EXPIRED', actor: 'customer' });
    vault.set(secretOf('dated', { notBefore: new Date(Date.now() + hour) }));
    expect(await failureOf('dated')).toMatchObject({ code: 'CREDENTIAL_NOT_YET_VALID' });
    const expires = new Date(Math.floor(Date.now() / 1000) * 1000 + hour);
    vault.set(secretOf('dated', { notBefore: new Date(Date.now() - hour), expires }));
    expect((await provider.provide(asked('dated')))?.expires_at).toEqual(expires);
    vault.set(secretOf('dated', { enabled: false }));
    expect(await failureOf('dated')).toMatchObject({ code: 'CREDENTIAL_DISABLED' });
  });

  it.each([
    ['no JSON', 'not json at all'],
    ['a list', '[1]'],
    ['a part that is none', documentOf({ MAIN: 'text' })],
    ['a value that is no text', documentOf({ MAIN: { ...VARIABLES, AWS_SECRET_ACCESS_KEY: 7 } })],
  ])('CRED-06: a secret that is %s is refused without a word of it', async (_, value) => {
    vault.set(secretOf('odd', { value }));
    const failure = await failureOf('odd');
    expect(failure).toMatchObject({ code: 'VAULT_SECRET_MALFORMED' });
    expect(String(failure)).not.toContain('not json');
  });
});

describe('an Azure Key Vault that refuses', () => {
  it('CRED-17: 429 is a passing failure, and one request is one question: retries are the workflow’s', async () => {
    vault.misbehave({ throttle: { requests: 1, retryAfterMs: 300 } });
    await provider.provide(asked('acme')).catch(() => undefined);
    expect(await failureOf()).toMatchObject({ name: 'TransientError', code: 'VAULT_THROTTLED' });
    expect(vault.counters['throttled']).toBeGreaterThanOrEqual(1);
    expect(vault.counters['early']).toBeGreaterThanOrEqual(1);
  });

  it('CRED-17: 503 and a vault that is away are passing failures', async () => {
    vault.misbehave({ unavailable: true });
    expect(await failureOf()).toMatchObject({ name: 'TransientError', code: 'VAULT_UNAVAILABLE' });
    const gone = await startKeyVaultEmulator();
    provider = vaultProvider(gone.url, randomUUID());
    await gone.close();
    expect(await failureOf()).toMatchObject({ name: 'TransientError', code: 'VAULT_UNAVAILABLE' });
  });

  it('CRED-17: 401 after the challenge, 403, and no identity at all are told apart', async () => {
    vault.misbehave({ rejectTokens: true });
    expect(await failureOf()).toMatchObject({ name: 'PersistentError', code: 'VAULT_UNAUTHENTICATED', actor: 'operator' });
    vault.misbehave({ denied: true });
    expect(await failureOf()).toMatchObject({ name: 'PersistentError', code: 'VAULT_ACCESS_DENIED', actor: 'operator' });
    vault.misbehave({ noIdentity: true });
    provider = vaultProvider(vault.url, randomUUID());
    expect(await failureOf()).toMatchObject({ name: 'PersistentError', code: 'VAULT_IDENTITY_UNAVAILABLE', actor: 'operator' });
  });

  it('CRED-17: an identity endpoint that is busy or away for a moment is a passing failure', async () => {
    for (const [status, code] of [
      [429, 'VAULT_THROTTLED'],
      [410, 'VAULT_UNAVAILABLE'],
      [503, 'VAULT_UNAVAILABLE'],
    ] as const) {
      vault.misbehave({ identityAway: status });
      provider = vaultProvider(vault.url, randomUUID());
      expect([status, await failureOf()]).toMatchObject([status, { name: 'TransientError', code }]);
    }
  });

  it('CRED-17: a name that is too long is refused before the vault is asked', async () => {
    const before = { ...vault.counters };
    expect(await failureOf('t'.repeat(120))).toMatchObject({ code: 'VAULT_NAME_UNUSABLE' });
    expect(vault.counters).toEqual(before);
  });
});
