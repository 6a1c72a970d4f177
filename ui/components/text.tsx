/** Text and times, as small components. */
import { absolute, count, readable, relative } from '../format.ts';

/** A name from elsewhere: isolated (its direction stays its own), cut, with what cannot be seen written out. */
export function Name({ text, limit = 96 }: { text: string; limit?: number }) {
  const shown = readable(text, limit);
  if (!shown.cut) return <bdi>{shown.text}</bdi>;
  return (
    <bdi title={readable(text, 1000).text}>
      {shown.text}… <span class="quiet">({count(text.length)} characters)</span>
    </bdi>
  );
}

/** An id or digest: whole in the title, its beginning on the page. */
export function Code({ text, limit = 64 }: { text: string; limit?: number }) {
  const shown = readable(text, limit);
  return (
    <code {...(shown.cut ? { title: readable(text, 512).text } : {})}>
      <bdi>
        {shown.text}
        {shown.cut ? '…' : ''}
      </bdi>
    </code>
  );
}

/** Relative, with the absolute in the title. */
export function Time({ at, now }: { at: Date; now: Date }) {
  return (
    <time datetime={at.toISOString()} title={absolute(at)}>
      {relative(at, now)}
    </time>
  );
}

/** A sentence of ours in which words between backticks are code. */
export function Prose({ text }: { text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 0 ? part : <code>{part}</code>))}</>;
}
