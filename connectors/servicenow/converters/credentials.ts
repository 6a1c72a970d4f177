/** What the instance signs in with elsewhere. Names, kinds and addresses; the columns with the values are never asked for (DATA-09). */
import type { JoinKey } from '../../../domain/graph/types.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import type { EmittedEntity } from '../../sdk/types.ts';
import { entraTenantOf, githubHostOf, readEndpoint } from '../endpoints.ts';
import type { BasicProfile, JwtProvider, OauthEntity, OauthProfile, StoredCredential } from '../rows.ts';
import { credentialRef, type Emission, nameOf, props, text } from './common.ts';

/** `oauth_provider` is somebody else's server, to which the instance is the client; every other kind is a client of this instance. */
const isOutbound = (entity: OauthEntity | undefined): boolean => entity?.type === 'oauth_provider';

export function convertOauthEntity(entity: OauthEntity): EmittedEntity {
  return {
    ...credentialRef(entity.sys_id),
    subtype: 'oauth_entity',
    display_name: nameOf(entity.name, entity.sys_id),
    props: props({
      active: entity.active,
      direction: entity.type === undefined ? undefined : isOutbound(entity) ? 'outbound' : 'inbound',
      oauth_type: text(entity.type),
      client_id: text(entity.client_id),
      token_host: readEndpoint(entity.token_url)?.host,
      default_grant_type: text(entity.default_grant_type),
    }),
    join_keys: [],
  };
}

export function convertOauthProfile(
  profile: OauthProfile,
  entity: OauthEntity | undefined,
  provider: JwtProvider | undefined,
): EmittedEntity {
  const app = githubAppOf(profile, entity, provider);
  return {
    ...credentialRef(profile.sys_id),
    subtype: 'oauth_profile',
    display_name: nameOf(profile.name, entity?.name, profile.sys_id),
    props: props({
      grant_type: text(profile.grant_type) ?? text(entity?.default_grant_type),
      oauth_entity: profile.oauth_entity,
      client_id: isOutbound(entity) ? text(entity?.client_id) : undefined,
      token_host: readEndpoint(entity?.token_url)?.host,
      enabled: entity?.active,
      signs_as: app === undefined ? undefined : `GitHub App ${app.id}`,
    }),
    join_keys: [...entraKey(entity), ...(app === undefined ? [] : [{ k: JOIN_KEYS.usesGithubApp, v: `${app.host}|${app.id}` }])],
  };
}

/** Join rule 1. An inbound client id was minted by ServiceNow and names nothing in Entra. */
function entraKey(entity: OauthEntity | undefined): JoinKey[] {
  const tenant = isOutbound(entity) ? entraTenantOf(entity?.token_url) : undefined;
  const clientId = entity?.client_id?.toLowerCase();
  return tenant === undefined || clientId === undefined || !/^[0-9a-f-]{36}$/.test(clientId)
    ? []
    : [{ k: JOIN_KEYS.usesEntraApp, v: `${tenant}|${clientId}` }];
}

/**
 * Join rule 6: a JWT whose issuer is an App's number or client id (`Iv1.…`, `Iv23…`), exchanged at GitHub's installation token address.
 */
export function githubAppOf(
  profile: OauthProfile,
  entity: OauthEntity | undefined,
  provider: JwtProvider | undefined,
): { readonly host: string; readonly id: string } | undefined {
  const grant = profile.grant_type ?? entity?.default_grant_type;
  const host = isOutbound(entity) ? githubHostOf(entity?.token_url) : undefined;
  if (grant !== 'urn:ietf:params:oauth:grant-type:jwt-bearer' || host === undefined) return undefined;
  return provider?.iss !== undefined && /^(?:[1-9]\d{0,15}|Iv[A-Za-z0-9.]{8,40})$/.test(provider.iss)
    ? { host, id: provider.iss }
    : undefined;
}

export function convertBasicProfile(profile: BasicProfile): EmittedEntity {
  return {
    ...credentialRef(profile.sys_id),
    subtype: 'basic_auth_profile',
    display_name: nameOf(profile.name, profile.sys_id),
    props: props({ user_name: text(profile.username) }),
    join_keys: [],
  };
}

/** `profile` is the OAuth profile that a credential of that kind signs in by. */
export function convertStoredCredential(credential: StoredCredential, profile: string | undefined): Emission {
  const self = credentialRef(credential.sys_id);
  return {
    entities: [
      {
        ...self,
        subtype: 'stored_credential',
        display_name: nameOf(credential.name, credential.sys_id),
        props: props({ active: credential.active, credential_type: text(credential.type), user_name: text(credential.user_name) }),
        join_keys: [],
      },
    ],
    edges: profile === undefined ? [] : [{ from: self, to: credentialRef(profile), type: 'AUTHENTICATES_AS', props: {} }],
  };
}
