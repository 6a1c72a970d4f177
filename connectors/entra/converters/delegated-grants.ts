/** Delegated permissions: what an application may do for one user, or (`AllPrincipals`) for every user of the directory. */
import type { GraphPermissionGrant } from '../graph-types.ts';
import { resourceRef, type Emission, guid, nameOf, props, identityRef, sortedUnique, text } from './common.ts';

/** The API's own entity comes from the step, once for all its grants. */
export function convertDelegatedGrant(grant: GraphPermissionGrant, resourceName: string | undefined): Emission {
  // The id is opaque and, unlike GUIDs, in mixed case.
  const self = { type: 'permission', native_id: grant.id } as const;
  const scopes = sortedUnique((text(grant.scope) ?? '').split(/\s+/).filter((scope) => scope !== ''));
  const consent = text(grant.consentType);
  const principal = text(grant.principalId);
  return {
    entities: [
      {
        ...self,
        subtype: 'delegated_grant',
        display_name: nameOf(`${resourceName ?? guid(grant.resourceId)}: ${scopes.join(' ')}`),
        props: props({
          consent_type: consent,
          tenant_wide: consent === undefined ? undefined : consent === 'AllPrincipals',
          scopes,
          principal_id: principal === undefined ? undefined : guid(principal),
          resource_id: guid(grant.resourceId),
        }),
        join_keys: [],
      },
    ],
    edges: [
      { from: identityRef(grant.clientId), to: self, type: 'GRANTS', props: {} },
      { from: self, to: resourceRef(grant.resourceId), type: 'APPLIES_TO', props: {} },
    ],
  };
}
