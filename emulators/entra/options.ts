/** How the emulated Graph behaves, and how badly. */
export type DeniedRead =
  | 'applications'
  | 'servicePrincipals'
  | 'appRoleAssignedTo'
  | 'oauth2PermissionGrants'
  | 'roleManagement'
  | 'groups'
  | 'users';

export interface EntraNastiness {
  /** Pages of this many objects at most, whatever `$top` says. Default 25. */
  readonly pageSize?: number;
  /** Every second page is empty and has a next link. */
  readonly emptyPages?: boolean;
  /**
   * Every `every`-th Graph request is throttled for `forMs`. With `sayWhen` the answer has a `Retry-After` (whole seconds: `forMs` rounded up),
   * without it the client has to find out. Whoever comes back before the time is over is throttled for twice as long, and counted.
   */
  readonly throttle?: { readonly every: number; readonly forMs: number; readonly sayWhen: boolean };
  /** Requests that select `keyCredentials`, per window. Graph's own: 150 a minute. */
  readonly keyCredentials?: { readonly requests: number; readonly windowMs: number };
  /** From the `from`-th Graph request on, `count` answers are 503. */
  readonly serverErrors?: { readonly from: number; readonly count: number };
  /** A token is refused after this many requests, as if it had expired. */
  readonly tokenRequests?: number;
  /** What `expires_in` says; default 3599. */
  readonly tokenSeconds?: number;
  /** Tokens are of this directory instead of the one that was asked. */
  readonly tokenTenant?: string;
  /** Reads that answer 403. */
  readonly deny?: readonly DeniedRead[];
  /** The next links of the collection `on` (a path without `/v1.0`) lead to this origin. */
  readonly foreignNextLink?: { readonly origin: string; readonly on: string };
}

/** A multi-tenant application of somebody else, which customers' admins consent to. */
export interface EntraPlatformApp {
  readonly clientId: string;
  readonly clientSecret?: string;
  /** PEM: what client assertions are checked with. */
  readonly certificate?: string;
  /** By directory, in lower case: the application permissions that its admin consented to. Looked at for every token. */
  readonly consents: ReadonlyMap<string, readonly string[]>;
}

export interface EntraEmulatorOptions {
  readonly port?: number;
  /** The day that the world's dates count from, and the time that tokens are issued at. Default: now. */
  readonly now?: Date;
  readonly client?: { readonly clientId: string; readonly clientSecret: string };
  readonly platformApp?: EntraPlatformApp;
  /** Letters and digits that stand in every token, so that a search finds them all. */
  readonly mark?: string;
  readonly nasty?: EntraNastiness;
}

/** Which application permissions let a platform's token read what (Microsoft Graph permissions reference). */
export const ROLES_FOR: Readonly<Record<DeniedRead, readonly string[]>> = {
  applications: ['Application.Read.All', 'Directory.Read.All'],
  servicePrincipals: ['Application.Read.All', 'Directory.Read.All'],
  appRoleAssignedTo: ['Application.Read.All', 'Directory.Read.All'],
  oauth2PermissionGrants: ['Directory.Read.All'],
  roleManagement: ['RoleManagement.Read.Directory', 'Directory.Read.All'],
  groups: ['GroupMember.Read.All', 'Directory.Read.All'],
  users: ['User.Read.All', 'Directory.Read.All'],
};

/** The application that the demo's connector signs in as. Not a secret of anything real. */
export const DEMO_ENTRA_CLIENT = {
  clientId: '51f0c0de-0000-4000-8000-5c4ba0000001',
  clientSecret: 'demo-entra-client-secret-not-a-real-one',
} as const;
