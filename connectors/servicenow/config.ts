/** The instance's settings and the credential, checked before anything is sent. */
import { z } from 'zod';
import type { ScopeFile } from '../contract/scope.ts';
import { SourceError } from '../sdk/types.ts';

const settings = z.object({ instance_url: z.string(), allow_private: z.boolean().default(false) });

export interface ServicenowSettings {
  readonly instanceUrl: string;
  readonly allowPrivate: boolean;
}

export type ServicenowCredential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'oauth_client'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'access_token'; readonly accessToken: string };

/** Throws a `SourceError` (`CONFIG_INVALID`) that names the setting. */
export function readSettings(scope: ScopeFile): ServicenowSettings {
  const parsed = settings.safeParse(scope.config);
  if (!parsed.success) throw invalid(`config.${parsed.error.issues[0]?.path.join('.') ?? ''} is missing or not valid`);
  const { instance_url: instanceUrl, allow_private: allowPrivate } = parsed.data;
  if (!URL.canParse(instanceUrl)) throw invalid('config.instance_url is not an absolute URL');
  // Rows are stored under the name of the instance that they came from. An emulator on loopback plays an instance of another name.
  if (!allowPrivate && new URL(instanceUrl).host !== scope.source_tenant.toLowerCase()) {
    throw invalid('source_tenant of the scope is not the host of config.instance_url');
  }
  return { instanceUrl, allowPrivate };
}

/** From the declared variables only (CRED-11). */
export function readCredential(env: Readonly<Record<string, string | undefined>>): ServicenowCredential {
  const { SERVICENOW_ACCESS_TOKEN: accessToken, SERVICENOW_CLIENT_ID: clientId, SERVICENOW_CLIENT_SECRET: clientSecret } = env;
  const { SERVICENOW_USERNAME: username, SERVICENOW_PASSWORD: password } = env;
  if (accessToken) return { kind: 'access_token', accessToken };
  if (clientId && clientSecret) return { kind: 'oauth_client', clientId, clientSecret };
  // A colon ends the name in RFC 7617: the rest of it would go into the password.
  if (username && password && !username.includes(':')) return { kind: 'basic', username, password };
  throw new SourceError('no credential was given: a user name with its password, an OAuth client, or an access token', {
    code: 'CREDENTIALS_MISSING',
    class: 'persistent',
    actor: 'customer',
  });
}

const invalid = (message: string): SourceError =>
  new SourceError(message, { code: 'CONFIG_INVALID', class: 'persistent', actor: 'operator' });
