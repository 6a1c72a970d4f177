/** A bearer token, else a session cookie: a request with both is one of a program. */
import type { CallerSource } from '../caller.ts';
import { HttpRefusal } from '../problems.ts';
import type { Sessions } from './session.ts';
import { callerOfToken, type TrustedIssuer } from './token.ts';

const BEARER = /^bearer +([A-Za-z0-9._~+/-]{1,8192}=*)$/i;

export function createCallers(trusted: TrustedIssuer, sessions: Pick<Sessions, 'callerOf'>, now: () => Date): CallerSource {
  return {
    callerOf: async (request) => {
      const header = request.headers.get('authorization');
      if (header === null) return await sessions.callerOf(request);
      const token = BEARER.exec(header)?.[1];
      if (token === undefined) throw new HttpRefusal(401, 'TOKEN_REFUSED', 'the token is not one that this server accepts');
      return await callerOfToken(token, trusted, now);
    },
  };
}
