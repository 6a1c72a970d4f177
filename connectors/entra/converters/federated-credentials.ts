/** Federated identity credentials: whose tokens an application accepts instead of a secret (join rule 3). */
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import type { GraphFederatedCredential, GraphFederatedHolder } from '../graph-types.ts';
import { identityRef, type Emission, guid, nameOf, props, sortedUnique, text } from './common.ts';

/**
 * One edge, `TRUSTS_SUBJECT`, which flows against its arrow: whoever holds the subject acts as the application, and the application's
 * service principal acts (`INSTANCE_OF` flows the same way). A second edge `HAS_CREDENTIAL` would tell the same story twice, as two chains.
 */
export function convertFederatedCredentials(holder: GraphFederatedHolder): Emission {
  const all = (holder.federatedIdentityCredentials ?? []).map((credential) => convertOne(holder.id, credential));
  return { entities: all.flatMap((one) => one.entities), edges: all.flatMap((one) => one.edges) };
}

function convertOne(applicationId: string, credential: GraphFederatedCredential): Emission {
  const self = { type: 'credential', native_id: `${guid(applicationId)}/${guid(credential.id)}` } as const;
  const audiences = sortedUnique((credential.audiences ?? []).flatMap((audience) => text(audience) ?? []));
  const issuer = issuerHost(credential.issuer);
  const subject = text(credential.subject);
  return {
    entities: [
      {
        ...self,
        subtype: 'federated_credential',
        display_name: nameOf(credential.name, credential.subject, credential.id),
        props: props({ issuer: text(credential.issuer), subject, audience: audiences.length === 0 ? undefined : audiences }),
        join_keys: issuer === undefined || subject === undefined ? [] : audiences.flatMap((audience) => joinKey(issuer, subject, audience)),
      },
    ],
    edges: [{ from: identityRef(applicationId), to: self, type: 'TRUSTS_SUBJECT', props: {} }],
  };
}

/** `|` separates the parts of a key; what contains it itself has no key, rather than one that could be read in two ways. */
function joinKey(issuer: string, subject: string, audience: string): { k: string; v: string }[] {
  const parts = [issuer, subject, audience];
  return parts.some((part) => part.includes('|')) ? [] : [{ k: JOIN_KEYS.entraFederatedCredential, v: parts.join('|') }];
}

/** `https://token.actions.githubusercontent.com` → its host; an issuer with a path keeps the path, which tells issuers on one host apart. */
export function issuerHost(issuer: unknown): string | undefined {
  const given = text(issuer);
  if (given === undefined || !URL.canParse(given)) return undefined;
  const url = new URL(given);
  if (url.protocol !== 'https:') return undefined;
  return url.pathname === '/' ? url.host : `${url.host}${url.pathname}`;
}
