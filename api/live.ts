/**
 * Live pages by server-sent events: "what you see has changed". An event's id is a digest of what the page would show, so that a browser that
 * comes back (`Last-Event-ID`) hears at once what it missed, and nothing when nothing changed. No data travels here: the page is read again.
 */
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { digestOf } from '../domain/canonical.ts';
import type { AppDeps } from './deps.ts';
import { PAGE_SIZE } from './pages/frame.ts';
import { readQuery } from './pages/read.ts';
import { HttpRefusal } from './problems.ts';
import { type Register, runIdSchema } from './schemas/common.ts';

export interface LiveLimits {
  /** Open streams of this process. */
  readonly streams: number;
  /** Milliseconds between looks. */
  readonly every: number;
}

export const DEFAULT_LIVE: LiveLimits = { streams: 100, every: 2_000 };
/** A stream ends by itself and the browser comes back: a session that ended meanwhile is noticed. */
const LONGEST_MS = 5 * 60_000;

const query = z.strictObject({ run: runIdSchema.optional() });

export const registerLive: Register = (app, deps) => {
  const { streams, every } = deps.limits?.live ?? DEFAULT_LIVE;
  let open = 0;
  app.get('/operations/events', (c) => {
    const { run } = readQuery(c, query);
    if (open >= streams) throw new HttpRefusal(503, 'TOO_MANY_STREAMS', 'too many pages are live at once; this one can be reloaded');
    open += 1;
    let seen = c.req.header('last-event-id') ?? '';
    return streamSSE(
      c,
      async (stream) => {
        try {
          const until = Date.now() + LONGEST_MS;
          while (!stream.aborted && Date.now() < until) {
            const id = await revisionOf(deps, run);
            // A comment where nothing changed: a proxy that hears nothing hangs up, and we notice who is gone.
            if (id === seen) await stream.write(': same\n\n');
            else await stream.writeSSE({ event: 'changed', id, data: '' });
            seen = id;
            await stream.sleep(every);
          }
        } finally {
          open -= 1;
        }
      },
      // The default handler would send the error's message to the browser.
      async () => undefined,
    );
  });
};

async function revisionOf({ views }: Pick<AppDeps, 'views'>, run: z.output<typeof runIdSchema> | undefined): Promise<string> {
  const runs = run === undefined ? await views.operator.newestRuns(PAGE_SIZE) : [await views.operator.run(run)];
  return digestOf(runs.map((one) => (one === null ? null : [one._id, one.status, one.reason, one.category_results]))).slice(0, 32);
}
