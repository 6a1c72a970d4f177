/**
 * Secrets and certificates: which, from when, until when. `hint`, `secretText` and `key` are never read out of the answer, though Graph sends
 * them with the rest of the object; `customKeyIdentifier` (a thumbprint) is compared and never written (DATA-09).
 */
import type { EntityRef } from '../../../domain/graph/types.ts';
import type { GraphKeyCredential, GraphKeyHolder, GraphPasswordCredential } from '../graph-types.ts';
import { identityRef, type Emission, guid, instant, nameOf, props, text } from './common.ts';

export type HolderKind = 'application' | 'service_principal';

export function convertKeys(holder: GraphKeyHolder, kind: HolderKind): Emission {
  const owner = identityRef(holder.id);
  const signing = kind === 'service_principal' ? signingKeys(holder) : new Set<unknown>();
  const secrets = (holder.passwordCredentials ?? []).map((key) => ({ key, subtype: 'client_secret' as const }));
  const certificates = (holder.keyCredentials ?? []).map((key) => ({ key, subtype: 'certificate' as const }));
  const all = [...secrets, ...certificates].map(({ key, subtype }) => convertKey(owner, kind, key, subtype, signing.has(key)));
  return { entities: all.flatMap((one) => one.entities), edges: all.flatMap((one) => one.edges) };
}

/**
 * The certificate with which Entra signs the tokens of a SAML application: a private key of usage `Sign`, one public key of usage `Verify` and the
 * password of the private key, tied by one `customKeyIdentifier`; the password has the private key's `keyId` (Microsoft Graph,
 * "servicePrincipal: addTokenSigningCertificate"). Nobody signs in by it. A second public key under the same name could be anybody's: then only
 * the private key and its password are set apart.
 */
function signingKeys({ keyCredentials, passwordCredentials }: GraphKeyHolder): ReadonlySet<unknown> {
  const keys = keyCredentials ?? [];
  const found = new Set<unknown>();
  for (const privateKey of keys.filter((key) => isUsage(key, 'sign'))) {
    const identifier = text(privateKey.customKeyIdentifier);
    const tied = (key: GraphPasswordCredential): boolean => identifier !== undefined && key.customKeyIdentifier === identifier;
    const publicKeys = keys.filter((key) => isUsage(key, 'verify') && tied(key));
    const passwords = (passwordCredentials ?? []).filter((key) => guid(key.keyId) === guid(privateKey.keyId) && tied(key));
    if (passwords.length === 0 && publicKeys.length === 0) continue;
    for (const key of [privateKey, ...passwords, ...(publicKeys.length === 1 ? publicKeys : [])]) found.add(key);
  }
  return found;
}

const isUsage = (key: GraphKeyCredential, usage: 'sign' | 'verify'): boolean => key.usage?.toLowerCase() === usage;

function convertKey(
  owner: EntityRef,
  kind: HolderKind,
  key: GraphPasswordCredential | GraphKeyCredential,
  subtype: 'client_secret' | 'certificate',
  signing: boolean,
): Emission {
  // A key id is unique within its holder only: the same certificate may be uploaded to several applications. The password of a signing key has
  // that key's id.
  const suffix = signing && subtype === 'client_secret' ? '/password' : '';
  const self = { type: 'credential', native_id: `${owner.native_id}/${guid(key.keyId)}${suffix}` } as const;
  return {
    entities: [
      {
        ...self,
        subtype,
        display_name: nameOf(key.displayName, `${subtype === 'certificate' ? 'certificate' : 'secret'} ${guid(key.keyId)}`),
        props: props({
          key_id: guid(key.keyId),
          held_by: kind,
          start_at: instant(key.startDateTime),
          expires_at: instant(key.endDateTime),
          usage: 'usage' in key ? text(key.usage)?.toLowerCase() : undefined,
          purpose: signing ? 'token_signing' : undefined,
        }),
        join_keys: [],
      },
    ],
    edges: [{ from: owner, to: self, type: 'HAS_CREDENTIAL', props: {} }],
  };
}
