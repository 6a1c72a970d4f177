/** `SV0_CREDENTIAL_KEYS`: who keeps the key-encryption keys of the credential store. */
import { z } from 'zod';

export type CredentialKeySetting =
  | { readonly keeper: 'file'; readonly path: string }
  | { readonly keeper: 'kms'; readonly arn: string; readonly region: string }
  | { readonly keeper: 'keyvault'; readonly id: string };

const KMS = /^kms:(arn:aws(?:-cn|-us-gov)?:kms:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:key\/[0-9A-Za-z-]{1,64})$/;
/** Of a vault or a managed HSM. */
const KEY_VAULT = /^keyvault:(https:\/\/[0-9A-Za-z-]{3,24}\.(?:vault|managedhsm)\.azure\.net\/keys\/[0-9A-Za-z-]{1,127}\/[0-9a-f]{32})$/;

function settingOf(entry: string): CredentialKeySetting | null {
  const [, arn, region] = KMS.exec(entry) ?? [];
  if (arn !== undefined && region !== undefined) return { keeper: 'kms', arn, region };
  const id = KEY_VAULT.exec(entry)?.[1];
  if (id !== undefined) return { keeper: 'keyvault', id };
  // A keeper that is spelled wrongly must not become the name of a file.
  return entry === '' || /^[A-Za-z_-]+:/.test(entry) ? null : { keeper: 'file', path: entry };
}

export const credentialKeys = z.string().transform((text, context): readonly CredentialKeySetting[] => {
  const settings = text.split(',').map((entry) => settingOf(entry.trim()));
  const found = settings.filter((setting) => setting !== null);
  if (found.length === settings.length) return found;
  context.addIssue({
    code: 'custom',
    message: 'kms:<ARN of a key>, keyvault:https://<vault>/keys/<name>/<version>, or the path of a file; comma-separated',
  });
  return z.NEVER;
});
