/** Intake links (CRED-21): a customer's administrator hands a secret over without any of our staff seeing it (docs/credentials.md). */
import type { InstanceId, TenantId } from '../ids.ts';

export const INTAKE_STATES = ['open', 'consumed', 'revoked'] as const;

/** What is stored of a link: neither its token nor its code, only digests of them. */
export interface IntakeLink {
  /** SHA-256 of the token, in hex. */
  readonly id: string;
  readonly tenant_id: TenantId;
  readonly instance_id: InstanceId;
  /** The one credential kind that it takes. */
  readonly kind: string;
  /** HMAC-SHA-256 of the code under the token: without the token, which is not stored, no code can be tried. */
  readonly code_hash: string;
  readonly state: (typeof INTAKE_STATES)[number];
  /** Submissions so far, right or wrong. */
  readonly attempts: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly closed_at: Date | null;
}

/** Submissions that a link takes, typing errors included: of a code of 50 bits nothing can be guessed in them. */
export const INTAKE_ATTEMPTS = 10;

/** What the page shows to whoever holds the link: names, never anything that was typed. */
export interface IntakeForm {
  readonly tenant_name: string;
  readonly connector_title: string;
  readonly kind: string;
  readonly fields: readonly { readonly field: string; readonly required: boolean; readonly secret: boolean }[];
  readonly expires_at: Date;
}
