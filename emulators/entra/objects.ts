/** Objects of the emulated directory, as Graph v1.0 holds them, with the fields that a careful client must leave alone. */
import { createHash } from 'node:crypto';

export interface DirectoryObject {
  readonly '@odata.type': string;
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface World {
  readonly tenantId: string;
  readonly users: readonly DirectoryObject[];
  readonly groups: readonly DirectoryObject[];
  readonly applications: readonly DirectoryObject[];
  readonly servicePrincipals: readonly DirectoryObject[];
  /** Object id to the ids of its owners; the same for members of groups. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly federatedIdentityCredentials: ReadonlyMap<string, readonly Record<string, unknown>[]>;
  readonly appRoleAssignments: readonly Record<string, unknown>[];
  readonly oauth2PermissionGrants: readonly Record<string, unknown>[];
  readonly roleDefinitions: readonly Record<string, unknown>[];
  readonly roleAssignments: readonly Record<string, unknown>[];
}

/** A GUID that is always the same for a name: version 4 in form, a digest in fact. */
export function guidOf(name: string): string {
  const hex = createHash('sha256').update(`northwind-entra:${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Text that only a client that reads too much can bring home. Planted where real directories have secrets, or parts of them. */
export const ENTRA_CANARIES = {
  hint: 'CANARY-entra-hint-77aa',
  secretText: 'CANARY-entra-secret-text-6b1f',
  thumbprint: Buffer.from('CANARY-entra-thumbprint-90ce').toString('base64'),
  key: Buffer.from('CANARY-entra-certificate-bytes-41d7').toString('base64'),
  notes: 'CANARY-entra-notes password=hunter2-entra',
  redirectUri: 'https://canary.example/callback?code=CANARY-entra-redirect-2f0a',
  mobilePhone: 'CANARY-entra-phone-5150',
} as const;

const DAY_MS = 86_400_000;

/** Dates of the world count from the day of `now`, so that what is expired today is expired in next year's demo too. */
export class Calendar {
  readonly #today: number;
  constructor(now: Date) {
    this.#today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  }
  /** Graph writes seven decimals here and none there. */
  day(offset: number): string {
    return new Date(this.#today + offset * DAY_MS).toISOString().replace('.000Z', 'Z');
  }
}

export function user(id: string, upn: string, displayName: string, more: Record<string, unknown> = {}): DirectoryObject {
  return {
    '@odata.type': '#microsoft.graph.user',
    id,
    userPrincipalName: upn,
    displayName,
    accountEnabled: true,
    userType: 'Member',
    mail: upn,
    mobilePhone: ENTRA_CANARIES.mobilePhone,
    jobTitle: null,
    ...more,
  };
}

export function group(id: string, displayName: string, isAssignableToRole: boolean): DirectoryObject {
  return {
    '@odata.type': '#microsoft.graph.group',
    id,
    displayName,
    securityEnabled: true,
    mailEnabled: false,
    isAssignableToRole,
    description: null,
  };
}

export function secret(label: string, calendar: Calendar, from: number, until: number): Record<string, unknown> {
  return {
    keyId: guidOf(`secret ${label}`),
    displayName: label,
    startDateTime: calendar.day(from),
    endDateTime: calendar.day(until),
    hint: ENTRA_CANARIES.hint,
    secretText: ENTRA_CANARIES.secretText,
    customKeyIdentifier: null,
  };
}

export function certificate(label: string, calendar: Calendar, from: number, until: number): Record<string, unknown> {
  return {
    keyId: guidOf(`certificate ${label}`),
    displayName: `CN=${label}`,
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    startDateTime: calendar.day(from),
    endDateTime: calendar.day(until),
    customKeyIdentifier: ENTRA_CANARIES.thumbprint,
    key: ENTRA_CANARIES.key,
  };
}

export function application(id: string, appId: string, displayName: string, more: Record<string, unknown> = {}): DirectoryObject {
  return {
    '@odata.type': '#microsoft.graph.application',
    id,
    appId,
    displayName,
    signInAudience: 'AzureADMyOrg',
    createdDateTime: '2024-02-11T09:00:00Z',
    tags: [],
    passwordCredentials: [],
    keyCredentials: [],
    appRoles: [],
    notes: ENTRA_CANARIES.notes,
    web: { redirectUris: [ENTRA_CANARIES.redirectUri] },
    identifierUris: [],
    ...more,
  };
}

export function servicePrincipal(id: string, appId: string, displayName: string, more: Record<string, unknown> = {}): DirectoryObject {
  return {
    '@odata.type': '#microsoft.graph.servicePrincipal',
    id,
    appId,
    displayName,
    accountEnabled: true,
    servicePrincipalType: 'Application',
    appOwnerOrganizationId: null,
    tags: ['WindowsAzureActiveDirectoryIntegratedApp'],
    appRoles: [],
    passwordCredentials: [],
    keyCredentials: [],
    notes: ENTRA_CANARIES.notes,
    loginUrl: null,
    homepage: null,
    ...more,
  };
}
