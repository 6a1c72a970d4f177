import { describe, expect, it } from 'vitest';
import { createCredentialBroker } from '../../broker/credential-broker.ts';
import { createEnvProvider } from '../../broker/providers/env.ts';
import { createOpProvider } from '../../broker/providers/op.ts';
import { createStoreProvider } from '../../broker/providers/store.ts';
import type { RecoveredCredential, StoredCredentialRecovery } from '../../broker/store/recovery.ts';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { checkedCredential, variablesOf } from '../../domain/credentials/stored.ts';
import { PersistentError } from '../../domain/errors.ts';
import { awsManifest, verifiedAs } from './fixtures.ts';

const STORED: RecoveredCredential = {
  variables: { AWS_ACCESS_KEY_ID: 'AKIASTORED', AWS_SECRET_ACCESS_KEY: 'stored-secret-value' },
  kind: 'aws_access_key',
  version: 'v3',
};
const ENV = {
  SV0_TENANT_ACME_AWS_AWS_ACCESS_KEY_ID: 'AKIAENV',
  SV0_TENANT_ACME_AWS_AWS_SECRET_ACCESS_KEY: 'environment-secret',
  SV0_TENANT_ACME_AWS_AWS_SESSION_TOKEN: 'environment-session',
};

function brokerWith(
  recover: StoredCredentialRecovery['recover'],
  env: Readonly<Record<string, string>> = ENV,
  manifest: ConnectorManifest = awsManifest,
) {
  const asked: string[] = [];
  const outcomes: string[] = [];
  const granted: Readonly<Record<string, unknown>>[] = [];
  const provider = createEnvProvider(env);
  const recovery = { recover };
  const broker = createCredentialBroker({
    providers: [
      {
        ...provider,
        provide: (request) => {
          asked.push('env');
          return provider.provide(request);
        },
      },
      createOpProvider(),
      createStoreProvider(recovery),
    ],
    stored: recovery,
    manifestOf: () => manifest,
    audit: {
      append: (_, { outcome, subject }) => {
        outcomes.push(`${outcome} ${String(subject['code'] ?? '')}`.trim());
        if (outcome === 'granted') granted.push(subject);
        return Promise.resolve();
      },
    },
  });
  return { broker, asked, outcomes, granted };
}

describe('a stored credential beside the provider’s', () => {
  it('CRED-11 CRED-08: is merged last, and speaks for its whole kind: no session token of the environment beside stored keys', async () => {
    const { broker, granted } = brokerWith(async () => STORED);
    const bundle = await broker.resolve(verifiedAs('ACME', 'AWS'), 'launch');
    expect(bundle.reveal()).toEqual(STORED.variables);
    expect(bundle.facts).toMatchObject({ provider: 'store', version: 'v3' });
    // The audit log says whose version it is, and does not call it one of the environment.
    expect(granted).toMatchObject([{ provider: 'store', version: 'v3', key_names: bundle.keyNames }]);
  });

  it('CRED-11: what the stored kind does not declare stays the provider’s', async () => {
    const manifest = {
      ...awsManifest,
      credential_kinds: [
        ...awsManifest.credential_kinds,
        { kind: 'proxy', variables: { GATEWAY_TOKEN: { field: 'token', required: true } } },
      ],
    };
    const { broker } = brokerWith(async () => STORED, { ...ENV, SV0_TENANT_ACME_AWS_GATEWAY_TOKEN: 'gateway-token-value' }, manifest);
    expect((await broker.resolve(verifiedAs('ACME', 'AWS'), 'launch')).reveal()).toEqual({
      ...STORED.variables,
      GATEWAY_TOKEN: 'gateway-token-value',
    });
  });

  it.each([
    ['absent', {}],
    ['empty', Object.fromEntries(Object.keys(ENV).map((name) => [name, '']))],
  ])('CRED-11 CRED-13: with the host’s variables %s, it is all there is, and it is enough', async (_, env) => {
    const { broker } = brokerWith(async () => STORED, env);
    expect((await broker.resolve(verifiedAs('ACME', 'AWS'), 'launch')).reveal()).toEqual(STORED.variables);
  });

  it.each(['CREDENTIAL_REVOKED', 'CREDENTIAL_DELETED', 'CREDENTIAL_UNRECOVERABLE'])(
    'CRED-12: %s refuses before the provider is asked; nothing falls back',
    async (code) => {
      const { broker, asked, outcomes } = brokerWith(() => Promise.reject(new PersistentError('gone', { code, actor: 'customer' })));
      await expect(broker.resolve(verifiedAs('ACME', 'AWS'), 'launch')).rejects.toMatchObject({ code });
      expect(asked).toEqual([]);
      expect(outcomes).toEqual(['attempted', `refused ${code}`]);
    },
  );

  it('CRED-02: as the instance’s own provider it is asked once, and an empty store is `CREDENTIALS_REQUIRED`', async () => {
    let calls = 0;
    const { broker } = brokerWith(async () => {
      calls += 1;
      return STORED;
    });
    expect((await broker.resolve(verifiedAs('ACME', 'AWS', 'store'), 'launch')).facts).toMatchObject({ provider: 'store', version: 'v3' });
    expect(calls).toBe(1);
    const empty = brokerWith(async () => null);
    await expect(empty.broker.resolve(verifiedAs('ACME', 'AWS', 'store'), 'launch')).rejects.toMatchObject({
      code: 'CREDENTIALS_REQUIRED',
      actor: 'customer',
    });
  });

  it('CRED-02: does not make up for a provider that is refused at run time', async () => {
    const { broker } = brokerWith(async () => STORED);
    await expect(broker.resolve(verifiedAs('ACME', 'AWS', 'op'), 'launch')).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
  });
});

describe('the mapping of a stored kind', () => {
  const fields = { access_key_id: 'AKIAEXAMPLE', secret_access_key: 'a-long-secret-value', session_token: '' };

  it('CRED-15: fields become the declared variables; empty ones are none', () => {
    expect(variablesOf(awsManifest, 'aws_access_key', fields)).toEqual({
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'a-long-secret-value',
    });
  });

  it('CRED-16: another kind is a typed defect of the mapping, unless it is declared as an accepted variant', () => {
    expect(() => variablesOf(awsManifest, 'aws_legacy_key', fields)).toThrow(
      expect.objectContaining({ code: 'CREDENTIAL_KIND_MISMATCH', actor: 'engineer' }),
    );
    for (const kind of ['constructor', '__proto__'])
      expect(() => variablesOf(awsManifest, kind, fields)).toThrow(expect.objectContaining({ code: 'CREDENTIAL_KIND_MISMATCH' }));
    expect(
      variablesOf({ ...awsManifest, accepted_variants: { aws_legacy_key: 'aws_access_key' } }, 'aws_legacy_key', fields),
    ).toHaveProperty('AWS_ACCESS_KEY_ID');
  });

  const CANARY = 'canary-31b7';
  it.each([
    ['another kind', { kind: CANARY, fields }, 'kind'],
    ['an unknown field', { kind: 'aws_access_key', fields: { ...fields, [CANARY]: CANARY } }, 'fields'],
    ['a missing field', { kind: 'aws_access_key', fields: { access_key_id: 'AKIAEXAMPLE' } }, 'fields.secret_access_key'],
    ['an empty field', { kind: 'aws_access_key', fields: { ...fields, secret_access_key: '' } }, 'fields.secret_access_key'],
    ['a short secret', { kind: 'aws_access_key', fields: { ...fields, secret_access_key: 'canary' } }, 'fields.secret_access_key'],
    ['a NUL', { kind: 'aws_access_key', fields: { ...fields, secret_access_key: `${CANARY}\0` } }, 'fields.secret_access_key'],
    [
      'a lone surrogate',
      { kind: 'aws_access_key', fields: { ...fields, secret_access_key: `${CANARY}\ud800` } },
      'fields.secret_access_key',
    ],
    [
      'a long value',
      { kind: 'aws_access_key', fields: { ...fields, secret_access_key: CANARY.repeat(2_000) } },
      'fields.secret_access_key',
    ],
    ['a number', { kind: 'aws_access_key', fields: { ...fields, secret_access_key: 7 } }, 'fields.secret_access_key'],
    ['no object', { kind: 'aws_access_key', fields: [CANARY] }, 'fields'],
  ])('API-03: %s is refused by field, and no value is shown', (_, input, field) => {
    let failure: unknown;
    try {
      checkedCredential(awsManifest, input as never);
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: 'INVALID_CREDENTIAL', problems: expect.arrayContaining([expect.objectContaining({ field })]) });
    expect(JSON.stringify([String(failure), failure])).not.toContain('canary');
  });
});
