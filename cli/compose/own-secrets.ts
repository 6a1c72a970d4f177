/** Files outside of the state folder that hold secrets of ours: a connector's child is not to see them, wherever an operator has put them. */
import { resolve } from 'node:path';
import type { AppConfig } from '../config.ts';
import { readFederationFile } from './federation-file.ts';

type SecretsConfig = Pick<
  AppConfig,
  'mongodbUri' | 'artifactKeyFile' | 'evidenceKeyFile' | 'credentialKeys' | 'federationFile' | 'oidc' | 'sessionKeyFile' | 'temporalTls'
>;

/** @throws InvalidInputError `INVALID_CONFIGURATION` for a federation file that cannot be read */
export async function ownSecretFiles(
  config: SecretsConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const { mongodbUri, artifactKeyFile, evidenceKeyFile, credentialKeys, federationFile, oidc, sessionKeyFile, temporalTls } = config;
  const { aws, entra, github } = await readFederationFile(federationFile);
  const files = [
    databaseKeyFile(mongodbUri),
    artifactKeyFile,
    evidenceKeyFile,
    ...(credentialKeys ?? []).map((key) => (key.keeper === 'file' ? key.path : undefined)),
    federationFile,
    aws?.access_key_file,
    entra?.certificate_file,
    entra?.client_secret_file,
    github?.private_key_file,
    oidc?.clientSecretFile,
    sessionKeyFile,
    temporalTls?.keyFile,
    // Where the SDKs find the host's own identity: tokens of workload identities, and keys.
    environment['AZURE_FEDERATED_TOKEN_FILE'],
    environment['AWS_WEB_IDENTITY_TOKEN_FILE'],
    environment['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
    environment['AWS_SHARED_CREDENTIALS_FILE'],
    environment['AWS_CONFIG_FILE'],
  ];
  return files.filter((file): file is string => file !== undefined && file !== '').map((file) => resolve(file));
}

/** Our client certificate with its key, where the connection string names one. Options are told apart without regard to case. */
function databaseKeyFile(uri: string | undefined): string | undefined {
  const options = new URLSearchParams(uri?.split('?')[1]);
  return [...options].find(([name]) => name.toLowerCase() === 'tlscertificatekeyfile')?.[1];
}
