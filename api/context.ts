import type { Caller } from './caller.ts';

/** What the middleware leaves for the handlers. */
export interface AppEnv {
  Variables: { requestId: string; caller: Caller };
}
