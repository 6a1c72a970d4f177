/** Who is asking. Until a token issuer is configured, the only caller is the person at this machine (API-07), who is a super-admin (UI-05). */
export interface Caller {
  readonly user_id: string;
  readonly roles: readonly Role[];
}

export type Role = 'super_admin';

export interface CallerSource {
  /** Null when the request proves no identity. */
  callerOf(request: Request): Promise<Caller | null>;
}

/** For a server that is bound to loopback and has no issuer: `startServer` refuses any other bind then. */
export const LOCAL_OPERATOR: CallerSource = {
  callerOf: async () => ({ user_id: 'local-operator', roles: ['super_admin'] }),
};
