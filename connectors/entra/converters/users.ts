/** People (and service principals) that own something or hold a role. Nobody else's account is read. */
import type { EmittedEntity } from '../../sdk/types.ts';
import type { GraphServicePrincipal, GraphUser } from '../graph-types.ts';
import { flag, guid, nameOf, ownerRef, props, text } from './common.ts';

/** A user of whom only the id is known (`User.Read.All` was not granted) has no `enabled`: a rule then has to say `not_evaluated`. */
export function convertUser(user: GraphUser): EmittedEntity {
  return {
    ...ownerRef(user.id),
    subtype: 'user',
    display_name: nameOf(user.userPrincipalName, user.displayName, user.id),
    props: props({
      object_id: guid(user.id),
      enabled: flag(user.accountEnabled),
      upn: text(user.userPrincipalName),
      full_name: text(user.displayName),
      user_type: text(user.userType)?.toLowerCase(),
    }),
    join_keys: [],
  };
}

/** A service principal can own an application: it is then an owner as well, beside being an identity. */
export function convertOwningPrincipal(objectId: string, principal: GraphServicePrincipal | undefined): EmittedEntity {
  return {
    ...ownerRef(objectId),
    subtype: 'service_principal',
    display_name: nameOf(principal?.displayName, objectId),
    props: props({ object_id: guid(objectId), enabled: flag(principal?.accountEnabled) }),
    join_keys: [],
  };
}
