import type { Child } from 'hono/jsx';

/** Names and values, side by side. */
export function Facts({ children, label }: { children: Child; label?: string }) {
  return (
    <dl class="facts" {...(label === undefined ? {} : { 'aria-label': label })}>
      {children}
    </dl>
  );
}

export function Fact({ name, children }: { name: string; children: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What was just done. */
export function Done({ text }: { text: string | null }) {
  return text === null ? null : (
    <p class="done" role="status">
      {text}
    </p>
  );
}

/** A part of a page that is read again when the server says that it changed. */
export function LivePart({ id, children }: { id: string; children: Child }) {
  return (
    <div id={`live-${id}`} data-live-part="">
      {children}
    </div>
  );
}
