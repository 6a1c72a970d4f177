/** Against moto, and for what moto never does, against a server that answers as the service does. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateSecretCommand, DeleteSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import getPort from 'get-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAwsSecretsManagerProvider } from '../../../broker/providers/aws-secretsmanager.ts';
import { startMoto } from '../../support/moto.ts';
import { awsManifest } from '../fixtures.ts';
import { documentOf, tenantOf, VARIABLES } from './vault-fixtures.ts';

const KEY = { accessKeyId: 'AKIAMOTO000000000001', secretAccessKey: 'moto-accepts-anything' };
let stop = (): void => undefined;
let client: SecretsManagerClient;
const clientOf = (endpoint: string): SecretsManagerClient =>
  new SecretsManagerClient({ endpoint, region: 'eu-west-1', credentials: KEY, maxAttempts: 1 });
const asked = (tenant: string, ref = 'MAIN') => ({ tenant: tenantOf(tenant, 'aws_secretsmanager'), ref, manifest: awsManifest });
const provide = (tenant: string, ref?: string, environment = 'prod') =>
  createAwsSecretsManagerProvider({ client, environment }).provide(asked(tenant, ref));

beforeAll(async () => {
  const moto = await startMoto();
  stop = moto.stop;
  client = clientOf(moto.endpoint);
  await client.send(new CreateSecretCommand({ Name: 'sv0/prod/acme/aws', SecretString: documentOf() }));
}, 120_000);
afterAll(() => stop());

describe('AWS Secrets Manager', () => {
  it('CRED-02 CRED-03: reads the one secret of environment, tenant and kind, and of it what the reference selects', async () => {
    expect(await provide('acme')).toMatchObject({ variables: VARIABLES, version: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    for (const missing of [provide('acme', 'OTHER'), provide('globex'), provide('acme', 'MAIN', 'staging')])
      expect(await missing).toBeNull();
  });

  it('CRED-17: nothing is kept: a rotation is seen by the next resolve', async () => {
    await client.send(new CreateSecretCommand({ Name: 'sv0/prod/rotated/aws', SecretString: documentOf() }));
    const first = await provide('rotated');
    await client.send(
      new PutSecretValueCommand({
        SecretId: 'sv0/prod/rotated/aws',
        SecretString: documentOf({ MAIN: { ...VARIABLES, AWS_SECRET_ACCESS_KEY: 'rotated-secret-value' } }),
      }),
    );
    const second = await provide('rotated');
    expect(second?.variables['AWS_SECRET_ACCESS_KEY']).toBe('rotated-secret-value');
    expect(second?.version).not.toBe(first?.version);
  });

  it('CRED-12: a secret that is marked for deletion, and one of bytes, are refused', async () => {
    await client.send(new CreateSecretCommand({ Name: 'sv0/prod/leaving/aws', SecretString: documentOf() }));
    await client.send(new DeleteSecretCommand({ SecretId: 'sv0/prod/leaving/aws', RecoveryWindowInDays: 7 }));
    await expect(provide('leaving')).rejects.toMatchObject({ code: 'CREDENTIAL_DISABLED' });
    await client.send(new CreateSecretCommand({ Name: 'sv0/prod/bytes/aws', SecretBinary: Buffer.from('x') }));
    await expect(provide('bytes')).rejects.toMatchObject({ code: 'VAULT_SECRET_MALFORMED' });
  });

  it.each([
    [400, 'ThrottlingException', 'TransientError', 'VAULT_THROTTLED'],
    [500, 'InternalServiceError', 'TransientError', 'VAULT_UNAVAILABLE'],
    [400, 'AccessDeniedException', 'PersistentError', 'VAULT_ACCESS_DENIED'],
    [400, 'DecryptionFailure', 'PersistentError', 'VAULT_ACCESS_DENIED'],
    [400, 'UnrecognizedClientException', 'PersistentError', 'VAULT_UNAUTHENTICATED'],
    [400, 'ExpiredTokenException', 'PersistentError', 'VAULT_UNAUTHENTICATED'],
    [400, 'InvalidParameterException', 'PersistentError', 'VAULT_REFUSED'],
  ])('CRED-17: %i %s is a %s %s, asked once', async (status, type, name, code) => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ __type: type, message: 'canary-of-the-service' }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const refusing = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const failure: unknown = await createAwsSecretsManagerProvider({ client: refusing, environment: 'prod' })
      .provide(asked('acme'))
      .catch((error: unknown) => error);
    server.close();
    expect(failure).toMatchObject({ name, code });
    expect(String(failure)).not.toContain('canary');
    expect(requests).toBe(1);
  });

  it('CRED-17: a service that is away is a passing failure; no identity is the operator’s', async () => {
    const away = createAwsSecretsManagerProvider({ client: clientOf(`http://127.0.0.1:${await getPort()}`), environment: 'prod' });
    await expect(away.provide(asked('acme'))).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
    const nobody = new SecretsManagerClient({
      region: 'eu-west-1',
      credentials: () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' })),
    });
    await expect(createAwsSecretsManagerProvider({ client: nobody, environment: 'prod' }).provide(asked('acme'))).rejects.toMatchObject({
      code: 'VAULT_IDENTITY_UNAVAILABLE',
    });
  });
});
