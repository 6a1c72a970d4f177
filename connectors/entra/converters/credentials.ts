/**
 * Secrets and certificates: which, from when, until when. `hint`, `secretText`, `key` and `customKeyIdentifier` (a thumbprint) are never
 * read out of the answer, though Graph sends them with the rest of the object (DATA-09).
 */
import type { EntityRef } from '../../../domain/graph/types.ts';
import type { GraphKeyCredential, GraphKeyHolder, GraphPasswordCredential } from '../graph-types.ts';
import { identityRef, type Emission, guid, instant, nameOf, props, text } from './common.ts';

export type HolderKind = 'application' | 'service_principal';

export function convertKeys(holder: GraphKeyHolder, kind: HolderKind): Emission {
  const owner = identityRef(holder.id);
  const secrets = (holder.passwordCredentials ?? []).map((key) => ({ key, subtype: 'client_secret' as const }));
  const certificates = (holder.keyCredentials ?? []).map((key) => ({ key, subtype: 'certificate' as const }));
  const all = [...secrets, ...certificates].map(({ key, subtype }) => convertKey(owner, kind, key, subtype));
  return { entities: all.flatMap((one) => one.entities), edges: all.flatMap((one) => one.edges) };
}

function convertKey(
  owner: EntityRef,
  kind: HolderKind,
  key: GraphPasswordCredential | GraphKeyCredential,
  subtype: 'client_secret' | 'certificate',
): Emission {
  // A key id is unique within its holder only: the same certificate may be uploaded to several applications.
  const self = { type: 'credential', native_id: `${owner.native_id}/${guid(key.keyId)}` } as const;
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
        }),
        join_keys: [],
      },
    ],
    edges: [{ from: owner, to: self, type: 'HAS_CREDENTIAL', props: {} }],
  };
}
