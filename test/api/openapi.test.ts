import { describe, expect, it } from 'vitest';
import { appUnderTest } from './app-under-test.ts';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>> }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

async function served(): Promise<Document> {
  const answer = await appUnderTest().app.request('/api/v1/openapi.json');
  expect(answer.status).toBe(200);
  return (await answer.json()) as Document;
}

describe('GET /api/v1/openapi.json', () => {
  it('API-06: describes every route that the application has under /api/v1', async () => {
    const { app } = appUnderTest();
    const document = await served();
    const described = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
    );
    const routed = app.routes
      .filter(
        ({ path, method }) =>
          path.startsWith('/api/v1/') && method !== 'ALL' && path !== '/api/v1/openapi.json' && !path.startsWith('/api/v1/explorer'),
      )
      .map(({ method, path }) => `${method} ${path.replaceAll(/:([a-z_]+)/g, '{$1}')}`);
    expect([...new Set(described)].sort()).toEqual([...new Set(routed)].sort());
    expect(described).toContain('POST /api/v1/ingest/normalized-graph');
    expect(described.length).toBeGreaterThanOrEqual(23);
  });

  it('API-06: every operation answers errors in the one problem shape', async () => {
    const document = await served();
    for (const [path, verbs] of Object.entries(document.paths)) {
      for (const operation of Object.values(verbs)) {
        expect([path, operation.responses['default']?.content?.['application/problem+json']?.schema.$ref]).toEqual([
          path,
          '#/components/schemas/Problem',
        ]);
      }
    }
  });

  it('API-05: every read requires its tenant, but those of tenants themselves and of the platform', async () => {
    const document = await served();
    const without: string[] = [];
    for (const [path, verbs] of Object.entries(document.paths)) {
      const parameter = verbs['get']?.parameters?.find(({ name }) => name === 'tenant_id');
      if (verbs['get'] !== undefined && !/^\/api\/v1\/(?:tenants|admin)\b/.test(path) && parameter?.required !== true) without.push(path);
    }
    expect(without).toEqual([]);
  });

  it('API-01: the ingest body is described in both encodings, and the idempotency key on every start', async () => {
    const document = await served();
    expect(Object.keys(document.paths['/api/v1/ingest/normalized-graph']?.['post']?.requestBody?.content ?? {})).toEqual([
      'application/json',
      'application/x-ndjson',
    ]);
    for (const path of ['/api/v1/ingest/normalized-graph', '/api/v1/scan-runs', '/api/v1/scan-runs/{id}/retry']) {
      expect([path, document.paths[path]?.['post']?.parameters?.some(({ name }) => name === 'idempotency-key')]).toEqual([path, true]);
    }
  });
});
