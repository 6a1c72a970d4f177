/** API-01: the same pipeline from sync on, on a synthesised `manual_api` run. */
import { InvalidInputError } from '../../domain/errors.ts';
import { DEFAULT_LIMITS } from '../deps.ts';
import { limitedBytes, tooLarge } from '../middleware/body.ts';
import type { GraphContentType } from '../ports.ts';
import { createRoute, idempotencyHeader, instanceIdSchema, json, problems, type Register, tenantIdSchema, z } from '../schemas/common.ts';
import { startedSchema } from '../schemas/run.ts';
import { startedResource } from './links.ts';

const graph = z
  .unknown()
  .openapi({ description: 'A normalized graph: one JSON document, or JSON Lines (a header line, then entities, then edges).' });

const route = createRoute({
  method: 'post',
  path: '/api/v1/ingest/normalized-graph',
  tags: ['ingest'],
  summary: 'Ingest a normalized graph for a registered instance',
  request: {
    query: z.strictObject({
      instance_id: instanceIdSchema,
      /** Only compared with the instance's own tenant. */
      tenant_id: tenantIdSchema.optional(),
      /** Categories of which the graph is the full state, separated by commas: what it does not hold of them is removed (DATA-03). */
      complete: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,63}(?:,[a-z][a-z0-9_]{0,63}){0,63}$/)
        .optional(),
    }),
    headers: idempotencyHeader,
  },
  responses: { 202: json(startedSchema, 'Taken; the run is on its way'), ...problems },
});

// The body is a stream and so is described here instead of being parsed by a schema.
const documented = {
  ...route,
  request: {
    ...route.request,
    body: { required: true, content: { 'application/json': { schema: graph }, 'application/x-ndjson': { schema: graph } } },
  },
};

export const postIngestNormalizedGraph: Register = (api, deps) => {
  const maxBytes = (deps.limits ?? DEFAULT_LIMITS).ingestBytes;
  api.openAPIRegistry.registerPath(documented);
  api.openapi({ ...route, hide: true }, async (c) => {
    const { instance_id, tenant_id, complete } = c.req.valid('query');
    const contentType = graphContentType(c.req.header('content-type'), c.req.header('content-encoding'));
    const body = c.req.raw.body;
    if (body === null)
      throw new InvalidInputError('the body is missing', { code: 'INVALID_REQUEST', field: 'body', expected: 'a normalized graph' });
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const started = await deps.ingest.accept({
      instance_id,
      tenant_hint: tenant_id ?? null,
      body: limitedBytes(body, maxBytes),
      contentType,
      complete: complete?.split(',') ?? [],
      userId: c.var.caller.user_id,
      idempotencyKey: c.req.valid('header')['idempotency-key'] ?? null,
    });
    const answer = startedResource(started, deps);
    return c.json(answer, 202, { location: answer.links.run });
  });
};

const TYPES: readonly GraphContentType[] = ['application/json', 'application/x-ndjson'];

function graphContentType(header: string | undefined, encoding: string | undefined): GraphContentType {
  const essence = header?.split(';')[0]?.trim().toLowerCase();
  const type = TYPES.find((known) => known === essence);
  if (type === undefined || encoding !== undefined) {
    throw new InvalidInputError('the content type is not one that this route takes', {
      code: 'UNSUPPORTED_MEDIA_TYPE',
      field: type === undefined ? 'header.content-type' : 'header.content-encoding',
      expected: type === undefined ? TYPES.join(' or ') : 'no content encoding',
    });
  }
  return type;
}
