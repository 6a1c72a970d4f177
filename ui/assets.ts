/** Static files of the pages, served under a name that changes with their content. They are modules, so that they travel with any bundle. */
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { HELP } from './assets/help.ts';
import { ICON } from './assets/icon.ts';
import { STYLE } from './assets/style.ts';

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

function asset(name: string, extension: string, type: string, body: string): Asset {
  return { path: `/assets/${name}.${createHash('sha256').update(body).digest('hex').slice(0, 16)}.${extension}`, type, body };
}

const style = asset('style', 'css', 'text/css; charset=utf-8', STYLE);
const icon = asset('icon', 'svg', 'image/svg+xml', ICON);

const script = asset('help', 'js', 'text/javascript; charset=utf-8', HELP);

export const stylePath = style.path;
export const iconPath = icon.path;
export const scriptPath = script.path;

export function assets(): Hono {
  const app = new Hono();
  for (const { path, type, body } of [style, icon, script]) {
    app.get(path, (c) => c.body(body, 200, { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }));
  }
  return app;
}
