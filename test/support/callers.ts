import type { Caller, CallerSource } from '../../api/caller.ts';

const OPERATOR: Caller = { user_id: 'local-operator', roles: ['super_admin'], by: 'token' };

/** Whoever asks is a super-admin: for tests of what is behind the identity. */
export const SUPER_ADMIN: CallerSource = { callerOf: async () => OPERATOR };
