/** The API's explorer: Swagger UI from our own origin, with no inline script; it asks with the session of the browser it runs in. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import type { AppEnv } from './context.ts';

export const EXPLORER = '/api/v1/explorer';

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>API · sv0</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${EXPLORER}/swagger-ui.css">
</head>
<body>
<div id="explorer"></div>
<script src="${EXPLORER}/swagger-ui-bundle.js"></script>
<script src="${EXPLORER}/start.js"></script>
</body>
</html>`;

const START = `SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#explorer', deepLinking: true, validatorUrl: null });`;

/** Behind the identity, like the document that it shows. */
export function explorer(): Hono<AppEnv> {
  const resolve = createRequire(import.meta.url).resolve;
  const app = new Hono<AppEnv>();
  app.get(EXPLORER, (c) => c.html(PAGE));
  app.get(`${EXPLORER}/start.js`, (c) => c.body(START, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  for (const [name, type] of Object.entries(FILES)) {
    let held: Promise<string> | undefined;
    app.get(`${EXPLORER}/${name}`, async (c) => {
      held ??= readFile(resolve(`swagger-ui-dist/${name}`), 'utf8');
      return c.body(await held, 200, { 'content-type': type, 'cache-control': 'private, max-age=3600' });
    });
  }
  return app;
}
