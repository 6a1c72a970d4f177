/** Where a directory's admin consents to our application, and what it asks for (CRED-20). */
import type { ConnectorManifest } from '../connectors/manifest.ts';
import { isGraphRead, permissionsOf } from './permissions.ts';
import { manifestNotReadOnly } from './problems.ts';

export interface EntraOnboarding {
  readonly client_id: string;
  readonly authority_url: string;
  readonly redirect_url: string;
  /** The directory that the connection reads: the address is of it alone. */
  readonly entra_tenant_id: string;
  /** Comes back with the redirect; of this connection alone. */
  readonly state: string;
  readonly manifest: ConnectorManifest;
}

/** Microsoft Graph's own application id, and its app roles that connectors may ask for (Microsoft Graph permissions reference). */
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';
export const GRAPH_READ_ROLES: Readonly<Record<string, string>> = {
  'Application.Read.All': '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
  'AuditLog.Read.All': 'b0afded3-3588-46d8-8b3d-9842eff778da',
  'Directory.Read.All': '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
  'GroupMember.Read.All': '98830695-27a2-44f7-8c18-0c3ebc9698f6',
  'RoleManagement.Read.Directory': '483bed4a-2ad3-4361-a73b-c83ccdbdc53c',
  'User.Read.All': 'df021288-bdef-4463-88db-98f22de89214',
};

export function entraConsent(input: EntraOnboarding) {
  const permissions = permissionsOf(input.manifest);
  const ids = permissions.map((permission) => (isGraphRead(permission) ? GRAPH_READ_ROLES[permission] : undefined));
  if (ids.length === 0 || ids.includes(undefined)) throw manifestNotReadOnly(input.manifest.kind);
  const address = new URL(`${input.authority_url.replace(/\/+$/, '')}/${input.entra_tenant_id}/adminconsent`);
  address.searchParams.set('client_id', input.client_id);
  address.searchParams.set('redirect_uri', input.redirect_url);
  address.searchParams.set('state', input.state);
  return {
    admin_consent_url: address.href,
    permissions,
    /** As in the manifest of our application registration: application permissions only, nothing delegated. */
    requiredResourceAccess: [{ resourceAppId: GRAPH_APP_ID, resourceAccess: ids.map((id) => ({ id, type: 'Role' })) }],
  };
}
