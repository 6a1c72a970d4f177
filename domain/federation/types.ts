/**
 * Federation (CRED-18): the customer grants us a role, an app consent or an installation instead of handing over a secret. What is dangerous
 * then is the binding, not a key: which role, which directory, which installation belongs to this connection. The server writes it for the
 * verified tenant; a credential reference never shapes it (seed 004 §4).
 */
import type { InstanceId, TenantId } from '../ids.ts';

export const FEDERATION_PROVIDERS = [
  'aws_assume_role',
  'aws_roles_anywhere',
  'aws_web_identity',
  'azure_workload_identity',
  'entra_app',
  'gcp_workload_identity',
  'github_app',
] as const;
export type FederationProvider = (typeof FEDERATION_PROVIDERS)[number];

/** What comes back from the customer: identifiers, nothing secret. */
export type BindingTarget =
  | { readonly provider: 'aws_assume_role'; readonly role_arn: string }
  /** Lower case. */
  | { readonly provider: 'entra_app'; readonly entra_tenant_id: string }
  /** The account is the organisation, by its immutable id: installations come and go. */
  | { readonly provider: 'github_app'; readonly installation_id: number; readonly account_id: number };

/** The providers that a binding can be made for; the others of the list have no minter yet. */
export type BindableProvider = BindingTarget['provider'];

export const BINDING_STATES = ['pending', 'active', 'revoked'] as const;
export type BindingState = (typeof BINDING_STATES)[number];

export type ProbeAnswer = 'refused' | 'granted';

/** How the source answered one question of an activation (CRED-19). */
export interface Probe {
  /** `no_external_id`, `other_authority`, …: see docs/credentials.md. */
  readonly name: string;
  readonly expected: ProbeAnswer;
  readonly answer: ProbeAnswer;
  readonly at: Date;
}

/** One per connection, at most. */
export interface FederationBinding {
  readonly tenant_id: TenantId;
  readonly instance_id: InstanceId;
  readonly provider: BindableProvider;
  /** Null until the customer's identifier has come back. */
  readonly target: BindingTarget | null;
  /** Made by us, unguessable, of this connection alone; a new one after every revocation. Not a secret, but nobody else's business. */
  readonly external_id: string;
  readonly state: BindingState;
  /** Grows by every change. */
  readonly version: number;
  /** Of the last activation that was tried; none before. */
  readonly probes: readonly Probe[];
  readonly created_at: Date;
  readonly changed_at: Date;
  readonly activated_at: Date | null;
}

/** A binding with its identifier in place: what can be probed and minted for. */
export type TargetedBinding<Provider extends BindableProvider = BindableProvider> = FederationBinding & {
  readonly target: Extract<BindingTarget, { readonly provider: Provider }>;
};
