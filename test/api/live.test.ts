import { expect, it } from 'vitest';
import { run, RUN } from '../ui/records.ts';
import { appUnderTest } from './app-under-test.ts';

const live = (streams = 5) => ({ limits: { bodyBytes: 1_024, ingestBytes: 1_024, live: { streams, every: 5 } } });

/** Reads events until `count` came, then hangs up. */
async function events(answer: Response, count: number, onEvent: (seen: number) => void = () => undefined): Promise<readonly string[]> {
  const reader = answer.body?.getReader();
  const ids: string[] = [];
  let text = '';
  if (reader === undefined) return ids;
  while (ids.length < count) {
    text += new TextDecoder().decode((await reader.read()).value);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const id = /^id: (.+)$/m.exec(text.slice(0, end))?.[1];
      if (id !== undefined) onEvent(ids.push(id));
      text = text.slice(end + 2);
    }
  }
  await reader?.cancel();
  return ids;
}

it('UI-01 UI-02: says that a run changed, with an id; who comes back with it hears only what is new', async () => {
  let status: 'running' | 'failed' = 'running';
  const operatorViews = { run: async () => run({ status }) };
  const { app } = appUnderTest({ deps: live(), operatorViews });
  const path = `/operations/events?run=${RUN}`;
  const first = await app.request(path);
  expect(first.headers.get('content-type')).toContain('text/event-stream');
  const [running = '', failed = ''] = await events(first, 2, (seen) => {
    if (seen === 1) status = 'failed';
  });
  expect(running).not.toBe(failed);
  // Missed nothing: only comments, until something changes.
  const again = await app.request(path, { headers: { 'last-event-id': failed } });
  const reader = again.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(': same\n\n');
  await reader?.cancel();
  expect(await events(await app.request(path, { headers: { 'last-event-id': running } }), 1)).toEqual([failed]);
});

it('UI-01: streams are bounded, and one that hangs up makes room', async () => {
  const { app } = appUnderTest({ deps: live(1) });
  const held = await app.request('/operations/events');
  expect((await app.request('/operations/events')).status).toBe(503);
  await events(held, 1);
  await expect
    .poll(async () => (await app.request('/operations/events', { headers: { 'last-event-id': 'x' } })).status, { timeout: 5_000 })
    .toBe(200);
});

it('UI-05: nobody hears anything without the role', async () => {
  const { app, asked } = appUnderTest({ deps: { ...live(), callers: { callerOf: async () => null } } });
  expect((await app.request('/operations/events')).status).toBe(401);
  expect(asked.views).toEqual([]);
});
