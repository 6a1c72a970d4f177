import type { Child } from 'hono/jsx';
import { readable } from '../format.ts';
import { Name } from './text.tsx';
import { iconPath, scriptPath, stylePath } from '../assets.ts';
import { auditLink, findingsLink, homeLink, instancesLink, runsLink, scopesLink, tenantsLink } from '../links.ts';

export type Section = 'home' | 'runs' | 'scopes' | 'instances' | 'findings' | 'tenants' | 'audit' | null;

export interface PageFrame {
  readonly title: string;
  readonly section: Section;
  /** Where the server says that this page has changed; null when it does not change by itself. */
  readonly live?: string | null;
  /** Who is looking; null on pages that need nobody. */
  readonly user: string | null;
  /** By a session of this browser, which can be ended here. */
  readonly signed_in: boolean;
  /** A KMS or a vault keeps the key that stored credentials are sealed with: says which providers are production-grade (CRED-22). */
  readonly store_key_kept: boolean;
  /** The Temporal Web UI, where progress in detail is. */
  readonly temporal: string | null;
}

export function Layout({ frame, children }: { frame: PageFrame; children: Child }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${readable(frame.title, 80).text} · sv0`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href={stylePath} />
        <link rel="icon" href={iconPath} type="image/svg+xml" />
        <script src={scriptPath} type="module"></script>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="top">
          <strong>sv0</strong>
          <nav aria-label="Pages">
            <NavLink href={homeLink()} current={frame.section === 'home'} text="Home" />
            <NavLink href={runsLink()} current={frame.section === 'runs'} text="Runs" />
            <NavLink href={findingsLink()} current={frame.section === 'findings'} text="Findings" />
            <NavLink href={scopesLink()} current={frame.section === 'scopes'} text="Scopes" />
            <NavLink href={instancesLink()} current={frame.section === 'instances'} text="Instances" />
            <NavLink href={tenantsLink()} current={frame.section === 'tenants'} text="Tenants" />
            <NavLink href={auditLink()} current={frame.section === 'audit'} text="Audit" />
            {frame.temporal === null ? null : <a href={frame.temporal}>Temporal</a>}
          </nav>
          <Session frame={frame} />
        </header>
        <main id="main" {...(frame.live === undefined || frame.live === null ? {} : { 'data-live': frame.live })}>
          {children}
        </main>
      </body>
    </html>
  );
}

function Session({ frame }: { frame: PageFrame }) {
  if (frame.user === null) return null;
  const user = (
    <span class="quiet">
      <Name text={frame.user} limit={40} />
    </span>
  );
  if (!frame.signed_in) return <div class="session">{user}</div>;
  return (
    <form class="session" method="post" action="/sign-out">
      {user}
      <button type="submit">Sign out</button>
    </form>
  );
}

function NavLink({ href, current, text }: { href: string; current: boolean; text: string }) {
  return (
    <a href={href} {...(current ? { 'aria-current': 'page' } : {})}>
      {text}
    </a>
  );
}

/** A page as text, complete. */
export const document = (page: { toString(): string | Promise<string> }): string => `<!doctype html>${String(page)}`;
