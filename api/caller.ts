/** Who is asking (API-04), and what they may. */
export const ROLES = ['super_admin', 'deploy_gate'] as const;
export type Role = (typeof ROLES)[number];

export interface Caller {
  readonly user_id: string;
  readonly roles: readonly Role[];
  /** A browser's cookie, or a token that only a program sends. */
  readonly by: 'session' | 'token';
}

export interface CallerSource {
  /** Null when the request proves no identity. @throws HttpRefusal 401 for a proof that is not accepted; TransientError when the issuer's keys cannot be had */
  callerOf(request: Request): Promise<Caller | null>;
}
