/** The little that a script does for forms and keyboards; every page is whole without it. Plain JavaScript, as it is served. */
export const HELP = String.raw`
// While one types a schedule: what it says in words, and its next times.
for (const form of document.querySelectorAll('form[data-preview]')) {
  const place = form.querySelector('[data-preview-place]');
  let asked = 0;
  let timer;
  const ask = async () => {
    const mine = ++asked;
    const query = new URLSearchParams([...new FormData(form)].filter(([name]) => name.startsWith('schedule.') || name === 'scope'));
    try {
      const answer = await fetch(form.dataset.preview + '?' + query, { headers: { accept: 'text/html' } });
      if (!answer.ok || answer.redirected || mine !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const preview = page.querySelector('[data-preview-place]');
      if (preview !== null) place.replaceChildren(...preview.childNodes);
    } catch {
      // Not reachable just now: the button below asks the server as well.
    }
  };
  form.addEventListener('input', (event) => {
    if (!event.target.name.startsWith('schedule.')) return;
    // Typing into a kind's field chooses that kind.
    const kind = event.target.closest('[data-kind]')?.dataset.kind;
    const choice = kind === undefined ? null : form.querySelector('input[name="schedule.kind"][value="' + kind + '"]');
    if (choice !== null) choice.checked = true;
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
}
// Live: parts of the page are read again when the server says that they changed; a part that is being used stays as it is until it is not.
const live = document.querySelector('[data-live]');
if (live !== null) {
  const stream = new EventSource(live.dataset.live);
  // What the server itself sent open is open in the next one too.
  const used = (part) => part.contains(document.activeElement) || part.querySelector('details[open]:not([data-sent-open])') !== null;
  const waiting = new Map();
  const show = () => {
    for (const [part, fresh] of waiting) {
      if (used(part)) continue;
      waiting.delete(part);
      part.replaceChildren(...fresh.childNodes);
    }
  };
  document.addEventListener('toggle', show, true);
  document.addEventListener('focusout', () => setTimeout(show));
  stream.addEventListener('changed', async () => {
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (!answer.ok || answer.redirected) return stream.close();
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const part of document.querySelectorAll('[data-live-part]')) {
        const fresh = page.getElementById(part.id);
        if (fresh !== null) waiting.set(part, fresh);
      }
      show();
      if (page.querySelector('[data-live]') === null) stream.close();
    } catch {
      // The next event, or a reload, shows it.
    }
  });
  addEventListener('pagehide', () => stream.close());
}
// An intake link: its secret part is behind the "#", which no request carries; it goes into the form and out of the address.
const intake = document.querySelector('form[data-intake]');
if (intake !== null && location.hash.length > 1) {
  intake.elements.token.value = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  intake.requestSubmit();
}
// "/" goes to the first filter.
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input, textarea, select, [contenteditable]') !== null) return;
  const filter = document.querySelector('form.filters input:not([type=hidden]), form.filters select');
  if (filter === null) return;
  event.preventDefault();
  filter.focus();
});
`;
