/** Service principals: what signs in and holds permissions in this directory. */
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import type { GraphServicePrincipal } from '../graph-types.ts';
import { ownership } from './applications.ts';
import { identityRef, type Emission, flag, guid, nameOf, props, sortedUnique, text } from './common.ts';

/** Tags are free text of the customer: only what looks like a label is kept, and few of them (DATA-09). */
const LABEL = /^[A-Za-z][A-Za-z0-9_.:=-]{0,63}$/;
const MAX_TAGS = 20;

/** `registration` is the object id of the app registration in this directory, where it has one: a third party's is in theirs. */
export function convertServicePrincipal(principal: GraphServicePrincipal, tenant: string, registration: string | undefined): Emission {
  const self = identityRef(principal.id);
  const appId = text(principal.appId);
  const organization = text(principal.appOwnerOrganizationId);
  const tags = labels(principal.tags ?? []);
  return {
    entities: [
      {
        ...self,
        subtype: 'service_principal',
        display_name: nameOf(principal.displayName, appId, principal.id),
        props: props({
          account_enabled: flag(principal.accountEnabled),
          app_id: appId === undefined ? undefined : guid(appId),
          object_id: guid(principal.id),
          service_principal_type: text(principal.servicePrincipalType),
          app_owner_organization_id: organization === undefined ? undefined : guid(organization),
          microsoft_first_party: organization === undefined ? undefined : MICROSOFT_TENANTS.has(guid(organization)),
          third_party: organization === undefined ? undefined : isThirdParty(guid(organization), guid(tenant)),
          environment: environmentOf(tags),
          tags: tags.length === 0 ? undefined : tags,
        }),
        join_keys: [
          ...(appId === undefined ? [] : [{ k: JOIN_KEYS.entraApp, v: `${guid(tenant)}|${guid(appId)}` }]),
          { k: JOIN_KEYS.entraPrincipal, v: `${guid(tenant)}|${guid(principal.id)}` },
        ],
      },
    ],
    edges: [
      ...(registration === undefined ? [] : [{ from: self, to: identityRef(registration), type: 'INSTANCE_OF' as const, props: {} }]),
      ...ownership(self, principal.owners ?? []),
    ],
  };
}

/** Tenants that own Microsoft's first-party applications (Microsoft Learn, "Verify first-party Microsoft applications in sign-in reports"). */
const MICROSOFT_TENANTS = new Set(['f8cdef31-a31e-4b4a-93e4-5f571e91255a', '72f988bf-86f1-41af-91ab-2d7cd011db47']);

const isThirdParty = (organization: string, tenant: string): boolean => organization !== tenant && !MICROSOFT_TENANTS.has(organization);

function labels(tags: readonly string[]): string[] {
  return sortedUnique(tags.filter((tag) => typeof tag === 'string' && LABEL.test(tag))).slice(0, MAX_TAGS);
}

/** A tag `environment:production` or `env=dev`: said by the customer, never guessed from a name. */
function environmentOf(tags: readonly string[]): string | undefined {
  for (const tag of tags) {
    const match = /^env(?:ironment)?[:=](.+)$/i.exec(tag);
    if (match?.[1] !== undefined) return match[1].toLowerCase();
  }
  return undefined;
}
