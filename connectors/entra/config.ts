/** The instance's settings and the credential, checked before anything is sent. */
import { z } from 'zod';
import type { ScopeFile } from '../contract/scope.ts';
import { SourceError } from '../sdk/types.ts';
import { DEFAULT_AUTHORITY_URL, DEFAULT_GRAPH_URL, entraManifest } from './manifest.ts';

const settings = z.object({
  tenant_id: z.string().regex(new RegExp(entraManifest.config.tenant_id.pattern)),
  graph_url: z.string().default(DEFAULT_GRAPH_URL),
  authority_url: z.string().default(DEFAULT_AUTHORITY_URL),
  allow_private: z.boolean().default(false),
});
export type EntraSettings = z.infer<typeof settings>;

export type EntraCredential =
  | { readonly kind: 'client_secret'; readonly clientId: string; readonly clientSecret: string }
  /** Minted outside, for federation: it cannot be renewed here. */
  | { readonly kind: 'access_token'; readonly accessToken: string };

/** Throws a `SourceError` (`CONFIG_INVALID`) that names the setting. */
export function readSettings(scope: ScopeFile): EntraSettings {
  const parsed = settings.safeParse(scope.config);
  if (!parsed.success) {
    throw invalid(`config.${parsed.error.issues[0]?.path.join('.') ?? ''} is missing or not valid`);
  }
  const tenant_id = parsed.data.tenant_id.toLowerCase();
  // Join keys are made with the tenant's id; a scope that calls the directory something else would join with nothing, or with another's.
  if (scope.source_tenant.toLowerCase() !== tenant_id) throw invalid('source_tenant of the scope is not config.tenant_id');
  return { ...parsed.data, tenant_id };
}

/** From the declared variables only; nothing falls back to a profile, a managed identity or a variable of another name (CRED-11). */
export function readCredential(env: Readonly<Record<string, string | undefined>>): EntraCredential {
  const { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret, ENTRA_ACCESS_TOKEN: accessToken } = env;
  if (accessToken) return { kind: 'access_token', accessToken };
  if (clientId && clientSecret) return { kind: 'client_secret', clientId, clientSecret };
  throw new SourceError('no credential was given: a client id with its secret, or an access token', {
    code: 'CREDENTIALS_MISSING',
    class: 'persistent',
    actor: 'customer',
  });
}

const invalid = (message: string): SourceError =>
  new SourceError(message, { code: 'CONFIG_INVALID', class: 'persistent', actor: 'operator' });
