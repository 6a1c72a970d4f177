import { Hono } from 'hono';
import type { Health } from './ports.ts';

/** `/healthz` and `/livez`: the process answers. `/readyz`: what it depends on answers too; names only, no addresses, no errors. */
export function health(port: Health): Hono {
  return new Hono()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/livez', (c) => c.json({ status: 'ok' }))
    .get('/readyz', async (c) => {
      const dependencies = await port.check();
      const ready = dependencies.every((dependency) => dependency.ok);
      return c.json(
        { status: ready ? 'ready' : 'not_ready', dependencies: dependencies.map(({ name, ok }) => ({ name, ok })) },
        ready ? 200 : 503,
      );
    });
}
