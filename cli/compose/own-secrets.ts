/** Files outside of the state folder that hold secrets of ours: a connector's child is not to see them, wherever an operator has put them. */
import { resolve } from 'node:path';
import type { AppConfig } from '../config.ts';
import { readFederationFile } from './federation-file.ts';

type SecretsConfig = Pick<
  AppConfig,
  'artifactKeyFile' | 'evidenceKeyFile' | 'credentialKeys' | 'federationFile' | 'oidc' | 'sessionKeyFile' | 'temporalTls'
>;

/** @throws InvalidInputError `INVALID_CONFIGURATION` for a federation file that cannot be read */
export async function ownSecretFiles(
  config: SecretsConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const { artifactKeyFile, evidenceKeyFile, credentialKeys, federationFile, oidc, sessionKeyFile, temporalTls } = config;
  const { aws, entra, github } = await readFederationFile(federationFile);
  const files = [
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
    // Where the SDKs of a host with workload identity find its tokens.
    environment['AZURE_FEDERATED_TOKEN_FILE'],
    environment['AWS_WEB_IDENTITY_TOKEN_FILE'],
  ];
  return files.filter((file): file is string => file !== undefined && file !== '').map((file) => resolve(file));
}
