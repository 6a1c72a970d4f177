/** Ways out of the instance: REST messages with their functions, and connection aliases. */
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { readDispatch, readEndpoint } from '../endpoints.ts';
import type { Alias, HttpConnection, RestFunction, RestMessage } from '../rows.ts';
import { connectionRef, credentialRef, type Emission, nameOf, props, sortedUnique, text } from './common.ts';

type Outbound = Pick<RestMessage, 'authentication_type' | 'oauth2_profile' | 'basic_auth_profile'>;

/** `none`, `basic`, `oauth2`, or the instance's own word; undefined where it does not say. */
function authType(outbound: Outbound): string | undefined {
  return outbound.authentication_type === 'no_authentication' ? 'none' : text(outbound.authentication_type);
}

/** A profile that is filled in and not chosen is not used. */
function profileOf(outbound: Outbound): string | undefined {
  if (outbound.authentication_type === 'oauth2') return outbound.oauth2_profile;
  return outbound.authentication_type === 'basic' ? outbound.basic_auth_profile : undefined;
}

export function convertRestMessage(message: RestMessage): Emission {
  const self = connectionRef(message.sys_id);
  const endpoint = readEndpoint(message.rest_endpoint);
  const profile = profileOf(message);
  return {
    entities: [
      {
        ...self,
        subtype: 'rest_message',
        display_name: nameOf(message.name, message.sys_id),
        props: props({ auth_type: authType(message), endpoint_host: endpoint?.host, endpoint_path: endpoint?.path }),
        join_keys: [],
      },
    ],
    edges: profile === undefined ? [] : [{ from: self, to: credentialRef(profile), type: 'USES', props: {} }],
  };
}

/** `appOf` gives the GitHub App that a profile signs as, where there is one. */
export function convertRestFunction(
  fn: RestFunction,
  message: RestMessage | undefined,
  appOf: (profile: string) => string | undefined,
): Emission {
  const self = connectionRef(fn.sys_id);
  const inherits = fn.authentication_type === undefined || fn.authentication_type === 'inherit_from_parent';
  const outbound: Outbound = inherits && message !== undefined ? message : fn;
  const endpoint = readEndpoint(fn.rest_endpoint ?? message?.rest_endpoint);
  const profile = profileOf(outbound);
  const dispatch = readDispatch(endpoint, fn.http_method);
  const app = profile === undefined ? undefined : appOf(profile);
  return {
    entities: [
      {
        ...self,
        subtype: 'rest_function',
        display_name: nameOf([message?.name, fn.function_name].filter((part) => part !== undefined).join(' / '), fn.sys_id),
        props: props({
          auth_type: inherits && message === undefined ? undefined : authType(outbound),
          endpoint_host: endpoint?.host,
          endpoint_path: endpoint?.path,
          http_method: text(fn.http_method)?.toUpperCase(),
          rest_message: fn.rest_message,
        }),
        join_keys:
          dispatch === undefined || app === undefined
            ? []
            : [{ k: JOIN_KEYS.dispatchesGithubWorkflow, v: `${dispatch.host}|${dispatch.repository}|${dispatch.workflow}|${app}` }],
      },
    ],
    edges: profile === undefined ? [] : [{ from: self, to: credentialRef(profile), type: 'USES', props: {} }],
  };
}

/** An alias stands for the connections that are made for it, each with its credential. */
export function convertAlias(alias: Alias, connections: readonly HttpConnection[]): Emission {
  const self = connectionRef(alias.sys_id);
  const live = connections.filter((connection) => connection.active !== false);
  const hosts = sortedUnique(live.flatMap((connection) => readEndpoint(connection.connection_url)?.host ?? []));
  const credentials = sortedUnique(live.flatMap((connection) => connection.credential ?? []));
  return {
    entities: [
      {
        ...self,
        subtype: 'connection_alias',
        display_name: nameOf(alias.id, alias.name, alias.sys_id),
        props: props({
          alias_type: text(alias.type),
          endpoint_hosts: hosts.length === 0 ? undefined : hosts,
          auth_type: credentials.length > 0 ? 'stored_credential' : 'none',
        }),
        join_keys: [],
      },
    ],
    edges: credentials.map((id) => ({ from: self, to: credentialRef(id), type: 'USES', props: {} })),
  };
}
