/** The key-encryption keys of the credential store, from whoever keeps them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hostKey } from '../../broker/store/host-key.ts';
import { createKeyVaultKey } from '../../broker/store/key-vault-keys.ts';
import { type KeyEncryptionKey, type KeyEncryptionKeys, keyRing } from '../../broker/store/keys.ts';
import type { AppConfig } from '../config.ts';
import type { CredentialKeySetting } from '../credential-keys.ts';
import { ensureKeyFile, keyOfFile, unusable } from './keys.ts';

type KeysConfig = Pick<AppConfig, 'credentialKeys' | 'stateDir' | 'keyVault'>;

/** Asks no keeper yet. A development host makes its key once; where files are named, they must be there. @throws InvalidInputError `INVALID_CONFIGURATION` */
export async function openCredentialKeys(config: KeysConfig): Promise<KeyEncryptionKeys> {
  const settings = config.credentialKeys ?? [{ keeper: 'file', path: await ownKeyFile(config.stateDir) }];
  const [current, ...older] = await Promise.all(settings.map((setting) => openKey(setting, config)));
  if (current === undefined) throw unusable('SV0_CREDENTIAL_KEYS', 'at least one key');
  return keyRing(current, ...older);
}

async function openKey(setting: CredentialKeySetting, { keyVault }: KeysConfig): Promise<KeyEncryptionKey> {
  switch (setting.keeper) {
    case 'file':
      return hostKey(await keyOfFile(setting.path, 'SV0_CREDENTIAL_KEYS'));
    case 'kms': {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      const { createKmsKey } = await import('../../broker/store/kms-keys.ts');
      return createKmsKey({ client: new KMSClient({ region: setting.region, maxAttempts: 1 }), arn: setting.arn });
    }
    case 'keyvault': {
      if (keyVault === undefined) throw unusable('SV0_KEY_VAULT', 'how this host signs in to the vault of the key');
      const { cryptographyClient } = await import('./azure.ts');
      return createKeyVaultKey({ client: cryptographyClient(setting.id, keyVault), id: setting.id });
    }
  }
}

async function ownKeyFile(stateDir: string): Promise<string> {
  const folder = join(stateDir, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'credentials.key');
  await ensureKeyFile(file);
  return file;
}
