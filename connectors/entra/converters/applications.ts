/** App registrations: the definition that holds the credentials. Its service principal is what acts. */
import type { GraphApplication, GraphReference } from '../graph-types.ts';
import { identityRef, type Emission, guid, instant, kindOf, nameOf, ownerRef, props, text } from './common.ts';
import type { EntityRef } from '../../../domain/graph/types.ts';
import type { EmittedEdge } from '../../sdk/types.ts';

/**
 * No `entra_app` key here: the key belongs to the service principal alone, or join rule 1 would find two entities for one client id
 * and could decide nothing.
 */
export function convertApplication(application: GraphApplication): Emission {
  const self = identityRef(application.id);
  return {
    entities: [
      {
        ...self,
        subtype: 'app_registration',
        display_name: nameOf(application.displayName, application.appId),
        props: props({
          app_id: guid(application.appId),
          object_id: guid(application.id),
          sign_in_audience: text(application.signInAudience),
          multi_tenant: application.signInAudience ? application.signInAudience !== 'AzureADMyOrg' : undefined,
          created_at: instant(application.createdDateTime),
        }),
        join_keys: [],
      },
    ],
    edges: ownership(self, application.owners ?? []),
  };
}

/** Owners of an application or service principal are users or service principals (Graph, "List owners"). */
export function ownership(self: EntityRef, owners: readonly GraphReference[]): EmittedEdge[] {
  return owners
    .filter((owner) => isOwnerKind(kindOf(owner)))
    .map((owner) => ({ from: self, to: ownerRef(owner.id), type: 'OWNED_BY', props: {} }));
}

export const isOwnerKind = (kind: string): boolean => kind === 'user' || kind === 'servicePrincipal';
