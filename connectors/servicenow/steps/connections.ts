/** Ways out of the instance, and what it signs in with. */
import { convertAlias, convertRestFunction, convertRestMessage } from '../converters/connections.ts';
import {
  convertBasicProfile,
  convertOauthEntity,
  convertOauthProfile,
  convertStoredCredential,
  githubAppOf,
} from '../converters/credentials.ts';
import {
  ALIASES,
  BASIC_PROFILES,
  HTTP_CONNECTIONS,
  JWT_PROVIDERS,
  OAUTH_CREDENTIALS,
  OAUTH_ENTITIES,
  OAUTH_PROFILES,
  REST_FUNCTIONS,
  REST_MESSAGES,
  STORED_CREDENTIALS,
} from '../requests.ts';
import type { HttpConnection } from '../rows.ts';
import { emit, rowsOf, type ServicenowStep } from './read.ts';

export async function connections(context: ServicenowStep): Promise<void> {
  const messages = await rowsOf(context, REST_MESSAGES, true);
  const functions = await rowsOf(context, REST_FUNCTIONS);
  const aliases = await rowsOf(context, ALIASES);
  const { profiles, entities, providers } = await oauth(context);
  const apps = new Map(
    profiles.flatMap((profile) => {
      const app = githubAppOf(profile, entities.get(profile.oauth_entity ?? ''), providers.get(profile.jwt_provider ?? ''));
      return app === undefined ? [] : [[profile.sys_id, app.id] as const];
    }),
  );
  context.scanned(messages.length + functions.length + aliases.length);
  const byId = new Map(messages.map((message) => [message.sys_id, message]));
  for (const message of messages) await emit(context, convertRestMessage(message));
  for (const fn of functions)
    await emit(
      context,
      convertRestFunction(fn, byId.get(fn.rest_message ?? ''), (profile) => apps.get(profile)),
    );
  const made = new Map<string, HttpConnection[]>();
  for (const connection of await rowsOf(context, HTTP_CONNECTIONS)) {
    if (connection.connection_alias === undefined) continue;
    const known = made.get(connection.connection_alias);
    if (known === undefined) made.set(connection.connection_alias, [connection]);
    else known.push(connection);
  }
  for (const alias of aliases) await emit(context, convertAlias(alias, made.get(alias.sys_id) ?? []));
}

export async function credentials(context: ServicenowStep): Promise<void> {
  const { profiles, entities, providers } = await oauth(context, true);
  for (const entity of entities.values()) await context.entity(convertOauthEntity(entity));
  for (const profile of profiles) {
    await context.entity(convertOauthProfile(profile, entities.get(profile.oauth_entity ?? ''), providers.get(profile.jwt_provider ?? '')));
  }
  const basics = await rowsOf(context, BASIC_PROFILES);
  for (const profile of basics) await context.entity(convertBasicProfile(profile));
  const stored = await rowsOf(context, STORED_CREDENTIALS);
  const profileOf = new Map((await rowsOf(context, OAUTH_CREDENTIALS)).map((one) => [one.sys_id, one.oauth_entity_profile]));
  for (const credential of stored) await emit(context, convertStoredCredential(credential, profileOf.get(credential.sys_id)));
  context.scanned(entities.size + profiles.length + basics.length + stored.length);
}

/** `oauth_entity` often needs more rights than the rest: without it the profiles still stand, and join with nothing. */
async function oauth(context: ServicenowStep, own = false) {
  const profiles = await rowsOf(context, OAUTH_PROFILES, own);
  return {
    profiles,
    entities: new Map((await rowsOf(context, OAUTH_ENTITIES)).map((entity) => [entity.sys_id, entity])),
    providers: new Map((await rowsOf(context, JWT_PROVIDERS)).map((provider) => [provider.sys_id, provider])),
  };
}
