import type { Child } from 'hono/jsx';
import { iconPath, stylePath } from '../assets.ts';
import { findingsLink, homeLink, runsLink } from '../links.ts';

export type Section = 'home' | 'runs' | 'findings' | null;

export interface PageFrame {
  readonly title: string;
  readonly section: Section;
  /** The Temporal Web UI, where progress in detail is. */
  readonly temporal: string | null;
}

export function Layout({ frame, children }: { frame: PageFrame; children: Child }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${frame.title} · sv0`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href={stylePath} />
        <link rel="icon" href={iconPath} type="image/svg+xml" />
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
            {frame.temporal === null ? null : <a href={frame.temporal}>Temporal</a>}
          </nav>
        </header>
        <main id="main">{children}</main>
      </body>
    </html>
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
