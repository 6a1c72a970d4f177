/**
 * The browser's session: an encrypted, authenticated cookie that holds who signed in and until when. Only its end is kept, when somebody signs out
 * before its time: a copy of the cookie is dead from then on, in every process.
 */
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { EncryptJWT, jwtDecrypt, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { EndedSessions } from '../../storage/ports/ended-sessions.ts';
import { type Caller, ROLES } from '../caller.ts';

export interface SessionSettings {
  /** 32 bytes. Whoever has it can make sessions; another key ends all that there are. */
  readonly key: Uint8Array;
  /** True unless the server is on loopback: browsers send a Secure cookie only over TLS. */
  readonly secure: boolean;
  readonly ended: EndedSessions;
  readonly now: () => Date;
}

export const SESSION_SECONDS = 8 * 3_600;
const SIGN_IN_SECONDS = 600;

const session = z.object({ jti: z.uuid(), exp: z.int(), sub: z.string().min(1), roles: z.array(z.enum(ROLES)) });
const signIn = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string() });
export type PendingSignIn = z.infer<typeof signIn>;

export interface Sessions {
  /** Null without a cookie, or with one that is expired, signed out of, of another key, or touched. @throws TransientError when that cannot be known */
  callerOf(request: Request): Promise<Caller | null>;
  begin(c: Context, caller: Pick<Caller, 'user_id' | 'roles'>): Promise<void>;
  /** In the browser and here. */
  end(c: Context): Promise<void>;
  /** Between leaving for the issuer and coming back. */
  remember(c: Context, pending: PendingSignIn): Promise<void>;
  recall(c: Context): Promise<PendingSignIn | null>;
}

export function createSessions({ key, secure, ended, now }: SessionSettings): Sessions {
  // `__Host-` binds a cookie to this very host and to TLS (RFC 6265bis, 4.1.3.2); on loopback there is no TLS.
  const nameOf = (name: string): string => (secure ? `__Host-${name}` : name);
  const cookie = (maxAge: number) => ({ httpOnly: true, secure, sameSite: 'Lax', path: '/', maxAge }) as const;

  async function seal(audience: string, claims: JWTPayload, seconds: number): Promise<string> {
    const at = Math.floor(now().getTime() / 1_000);
    return await new EncryptJWT(claims)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(audience)
      .setIssuedAt(at)
      .setExpirationTime(at + seconds)
      .encrypt(key);
  }

  async function open(audience: string, sealed: string | undefined): Promise<JWTPayload | null> {
    if (sealed === undefined) return null;
    try {
      const { payload } = await jwtDecrypt(sealed, key, {
        audience,
        requiredClaims: ['exp'],
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        currentDate: now(),
      });
      return payload;
    } catch {
      return null;
    }
  }

  async function sessionOf(request: Request): Promise<z.output<typeof session> | null> {
    const found = session.safeParse(await open('session', cookieOf(request, nameOf('sv0'))));
    return found.success ? found.data : null;
  }

  return {
    callerOf: async (request) => {
      const found = await sessionOf(request);
      if (found === null || (await ended.isEnded(found.jti))) return null;
      return { user_id: found.sub, roles: found.roles, by: 'session' };
    },
    begin: async (c, { user_id, roles }) => {
      setCookie(
        c,
        nameOf('sv0'),
        await seal('session', { jti: randomUUID(), sub: user_id, roles }, SESSION_SECONDS),
        cookie(SESSION_SECONDS),
      );
      deleteCookie(c, nameOf('sv0-sign-in'), { path: '/', secure });
    },
    end: async (c) => {
      const found = await sessionOf(c.req.raw);
      if (found !== null) await ended.end(found.jti, new Date(found.exp * 1_000), now());
      deleteCookie(c, nameOf('sv0'), { path: '/', secure });
    },
    remember: async (c, pending) =>
      setCookie(c, nameOf('sv0-sign-in'), await seal('sign-in', { ...pending }, SIGN_IN_SECONDS), cookie(SIGN_IN_SECONDS)),
    recall: async (c) => {
      const found = signIn.safeParse(await open('sign-in', getCookie(c, nameOf('sv0-sign-in'))));
      return found.success ? found.data : null;
    },
  };
}

function cookieOf(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
