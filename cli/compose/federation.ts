/** The federation providers of a host, with our own identities; and the bindings, for whoever sets them up. */
import { createHash, createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import type { STSClient } from '@aws-sdk/client-sts';
import { SignJWT } from 'jose';
import { type Bindings, createBindings } from '../../broker/federation/bindings.ts';
import { type Minters, mintersOf } from '../../broker/providers/federation/available.ts';
import type { FederationMinter } from '../../broker/providers/federation/minter.ts';
import { createEntraApp, type EntraAppDeps } from '../../broker/providers/federation/entra-app.ts';
import { createFederationProvider } from '../../broker/providers/federation/provider.ts';
import type { CredentialProvider } from '../../broker/provider.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import type { AppConfig } from '../config.ts';
import { type FederationFile, invalid, readFederationFile } from './federation-file.ts';
import { ownFile } from './keys.ts';
import type { Storage } from './storage.ts';

/** Reads our keys. A provider that the file does not have is not there, and says so when it is asked for. */
export async function openMinters({ aws, entra, github }: FederationFile, now: () => Date): Promise<Minters> {
  return mintersOf([
    ...(aws === undefined ? [] : [await awsMinter(aws, now)]),
    ...(entra === undefined ? [] : [createEntraApp({ ...(await entraDeps(entra, now)), now })]),
    ...(github === undefined ? [] : [await githubMinter(github)]),
  ]);
}

/** `credentials_ref.provider: federation`, for a host of the `connectors` queue. */
export async function federationProvider(
  { federationFile }: Pick<AppConfig, 'federationFile'>,
  { bindings }: Pick<Storage, 'bindings'>,
  now: () => Date,
): Promise<CredentialProvider> {
  return createFederationProvider({ bindings, minters: await openMinters(await readFederationFile(federationFile), now) });
}

export interface BindingParts {
  readonly storage: Pick<Storage, 'bindings' | 'instances' | 'tenants' | 'audit'>;
  readonly registry: ConnectorRegistry;
  readonly minters: Minters;
  readonly now: () => Date;
}

export function openBindings({ storage, registry, minters, now }: BindingParts): Bindings {
  const { bindings, instances, tenants, audit } = storage;
  return createBindings({
    bindings,
    instances,
    tenants,
    minters,
    manifestOf: (connector) => registry.get(connector).manifest,
    audit: { append: (tenant, entry) => audit.append(tenant, { ...entry, at: now() }) },
    now,
  });
}

async function awsMinter(facts: NonNullable<FederationFile['aws']>, now: () => Date): Promise<FederationMinter<'aws_assume_role'>> {
  const { createAwsAssumeRole } = await import('../../broker/providers/federation/aws-assume-role.ts');
  return createAwsAssumeRole({ sts: await stsClient(facts), now });
}

/** One try: what may be tried again is the workflow's to decide (FLOW-02). Without a key file, the identity that the host has in AWS. */
async function stsClient({ region, sts_url, access_key_file }: NonNullable<FederationFile['aws']>): Promise<STSClient> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const credentials = access_key_file === undefined ? {} : { credentials: await accessKey(access_key_file) };
  return new STSClient({ region, maxAttempts: 1, ...(sts_url === undefined ? {} : { endpoint: sts_url }), ...credentials });
}

async function accessKey(path: string): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const field = 'SV0_FEDERATION_FILE.aws.access_key_file';
  try {
    const { access_key_id, secret_access_key } = JSON.parse(await ownFile(path, field)) as Record<string, unknown>;
    if (typeof access_key_id === 'string' && typeof secret_access_key === 'string')
      return { accessKeyId: access_key_id, secretAccessKey: secret_access_key };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid([{ field, expected: 'a JSON object with access_key_id and secret_access_key' }]);
}

async function entraDeps(facts: NonNullable<FederationFile['entra']>, now: () => Date): Promise<Omit<EntraAppDeps, 'now'>> {
  const { client_id: clientId, authority_url: authorityUrl, graph_url: graphUrl, certificate_file, client_secret_file } = facts;
  const shared = { clientId, authorityUrl, graphUrl };
  if (certificate_file === undefined) {
    const client_secret = (await ownFile(client_secret_file ?? '', 'SV0_FEDERATION_FILE.entra.client_secret_file')).trim();
    return { ...shared, proof: () => Promise.resolve({ client_secret }) };
  }
  const field = 'SV0_FEDERATION_FILE.entra.certificate_file';
  const { key, thumbprint } = keyOf(await ownFile(certificate_file, field), field);
  return {
    ...shared,
    // Microsoft Learn, "Microsoft identity platform application authentication certificate credentials".
    proof: async (tokenEndpoint) => {
      const issued = Math.floor(now().getTime() / 1000);
      const client_assertion = await new SignJWT({})
        .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
        .setAudience(tokenEndpoint)
        .setIssuer(clientId)
        .setSubject(clientId)
        .setJti(randomUUID())
        .setIssuedAt(issued)
        .setNotBefore(issued - 60)
        .setExpirationTime(issued + 300)
        .sign(key);
      return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion };
    },
  };
}

function keyOf(pem: string, field: string) {
  try {
    const thumbprint = createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');
    return { key: createPrivateKey(pem), thumbprint };
  } catch {
    throw invalid([{ field, expected: 'a certificate and its private key, in PEM' }]);
  }
}

async function githubMinter(facts: NonNullable<FederationFile['github']>): Promise<FederationMinter<'github_app'>> {
  const { createGithubApp } = await import('../../broker/providers/federation/github-app.ts');
  return createGithubApp(await githubDeps(facts));
}

async function githubDeps({ app_id, api_url, private_key_file }: NonNullable<FederationFile['github']>) {
  const field = 'SV0_FEDERATION_FILE.github.private_key_file';
  const privateKey = await ownFile(private_key_file, field);
  try {
    createPrivateKey(privateKey);
  } catch {
    throw invalid([{ field, expected: 'a private key, in PEM' }]);
  }
  return { appId: app_id, apiUrl: api_url, privateKey };
}
