/** Signing in and out, outside of what needs an identity: at the issuer by authorization code with PKCE, or by the local link. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import { document } from '../../ui/components/layout.tsx';
import { SignInPage } from '../../ui/pages/sign-in.tsx';
import type { AppEnv } from '../context.ts';
import { requireBrowserProof } from '../middleware/origin.ts';
import type { Caller } from '../caller.ts';
import { HttpRefusal } from '../problems.ts';
import { type LocalIssuer, LOCAL_USER } from './local-issuer.ts';
import type { OidcClient } from './oidc-client.ts';
import type { Sessions } from './session.ts';
import { callerOfToken } from './token.ts';

export interface SignInAudit {
  /** Resolves only when it is stored: a sign-in that cannot be recorded does not happen. */
  record(entry: {
    readonly action: 'session.signed_in' | 'session.refused' | 'session.signed_out';
    readonly actor: string;
    readonly subject: Readonly<Record<string, string>>;
  }): Promise<void>;
}

export interface SignInDeps {
  readonly sessions: Sessions;
  readonly audit: SignInAudit;
  /** Exactly one of the two ways; neither: tokens only. */
  readonly way:
    | { readonly kind: 'local'; readonly issuer: LocalIssuer; readonly now: () => Date }
    | { readonly kind: 'oidc'; readonly client: OidcClient }
    | null;
}

export function signInRoutes({ sessions, audit, way }: SignInDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const page = (c: Context, message: string, status: 200 | 403 | 410 = 200) =>
    c.html(document(<SignInPage message={message} again={way?.kind === 'oidc'} />), status);

  async function admit(c: Context, caller: Omit<Caller, 'by'>, how: string, to: string) {
    if (!caller.roles.includes('super_admin')) {
      await audit.record({ action: 'session.refused', actor: caller.user_id, subject: { how } });
      return page(c, 'You are known, but not as a super-admin: the pages are for super-admins.', 403);
    }
    await audit.record({ action: 'session.signed_in', actor: caller.user_id, subject: { how } });
    await sessions.begin(c, caller);
    return c.redirect(to, 303);
  }

  app.get('/sign-in', async (c) => {
    if (way === null) return page(c, 'This server has no sign-in for browsers.');
    if (way.kind === 'local')
      return page(c, 'Open the link that the server printed when it started, or let `npm run sv0 -- sign-in` print a new one.');
    const { address, pending } = await way.client.leave(pathOf(c.req.query('to')));
    await sessions.remember(c, pending);
    return c.redirect(address.href, 302);
  });

  app.get('/sign-in/callback', async (c) => {
    if (way?.kind !== 'oidc') return c.notFound();
    const pending = await sessions.recall(c);
    if (pending === null) return page(c, 'The sign-in took too long, or was begun in another browser.', 410);
    const caller = await way.client.arrive(new URL(c.req.url), pending);
    if (caller === null) {
      await audit.record({ action: 'session.refused', actor: 'unknown', subject: { how: 'oidc' } });
      return page(c, 'The issuer did not confirm who you are.', 403);
    }
    return await admit(c, caller, 'oidc', pathOf(pending.to));
  });

  app.get('/sign-in/local', async (c) => {
    if (way?.kind !== 'local') return c.notFound();
    if (!way.issuer.redeem(c.req.query('code') ?? '')) {
      await audit.record({ action: 'session.refused', actor: 'unknown', subject: { how: 'local' } });
      return page(c, 'This link was used already, or is older than five minutes. `npm run sv0 -- sign-in` prints a new one.', 410);
    }
    return await admit(c, { user_id: LOCAL_USER, roles: ['super_admin'] }, 'local', '/');
  });

  // The command line of the same machine asks for a new link, with the token of the state folder.
  app.post('/sign-in/link', async (c) => {
    if (way?.kind !== 'local') return c.notFound();
    const token = /^bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const caller = token === undefined ? null : await callerOfToken(token, way.issuer.trusted, way.now);
    if (caller === null || !caller.roles.includes('super_admin'))
      throw new HttpRefusal(401, 'NOT_SIGNED_IN', 'the request proves no identity');
    return c.json({ path: localLink(way.issuer) });
  });

  app.post('/sign-out', requireBrowserProof(), async (c) => {
    const caller = await sessions.callerOf(c.req.raw);
    if (caller !== null) await audit.record({ action: 'session.signed_out', actor: caller.user_id, subject: {} });
    await sessions.end(c);
    return page(c, 'You are signed out.');
  });
  return app;
}

export const localLink = (issuer: LocalIssuer): string => `/sign-in/local?code=${issuer.code()}`;

/** Only to our own pages: what begins with two slashes, or a slash and a backslash, is another host for a browser. */
export const pathOf = (to: string | undefined): string =>
  to !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}$/.test(to) ? to : '/';
