import { Hono } from 'hono';
import type { Caller, CallerSource } from '../../api/caller.ts';
import type { AppEnv } from '../../api/context.ts';
import type { Identity } from '../../cli/compose/identity.ts';
import type { EndedSessions } from '../../storage/ports/ended-sessions.ts';

const OPERATOR: Caller = { user_id: 'local-operator', roles: ['super_admin'], by: 'token' };

/** Whoever asks is a super-admin: for tests of what is behind the identity. */
export const SUPER_ADMIN: CallerSource = { callerOf: async () => OPERATOR };

/** The same as the composition of the API takes it. */
export const SUPER_ADMIN_IDENTITY: Identity = {
  callers: SUPER_ADMIN,
  signIn: new Hono<AppEnv>(),
  issuerConfigured: false,
  hosts: [],
  local: null,
};

/** In memory: what a database keeps for all processes. */
export function endedSessions(): EndedSessions {
  const ended = new Set<string>();
  return { end: async (session) => void ended.add(session), isEnded: async (session) => ended.has(session) };
}
