import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import type { AppEnv } from './context.ts';

/** The document is made of the very schemas that validate (API-06), once: routes do not change while the server runs. */
export function openApiDocument(api: OpenAPIHono<AppEnv>, version: string): Handler<AppEnv> {
  let document: ReturnType<typeof api.getOpenAPI31Document> | undefined;
  return (c) => {
    document ??= api.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'sv0-pipeline',
        version,
        description:
          'Every read names its tenant in `tenant_id`; there is no "all tenants". A write names one globally unique row (a scope, an instance, a run) that decides the tenant; a `tenant_id` beside it is only compared, and a mismatch is "not found". Errors are problem details (RFC 9457).',
      },
    });
    return c.json(document);
  };
}
