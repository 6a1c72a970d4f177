import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApiClient } from '../../cli/client/index.ts';
import { PROJECT } from '../../cli/folders.ts';
import { appUnderTest } from '../api/app-under-test.ts';
import { clientTypes } from '../support/client-types.ts';

it('API-06: the client’s types are those of the served document (`npm run generate:client` writes them)', async () => {
  expect(await readFile(join(PROJECT, 'cli', 'client', 'openapi.ts'), 'utf8')).toBe(await clientTypes());
});

it('API-06: the client speaks to the application, and gives its problems as they are', async () => {
  const { app } = appUnderTest();
  const client = createApiClient({ url: 'http://localhost', token: 't', fetch: async (request) => app.request(request) });
  const found = await client.GET('/api/v1/scan-runs', { params: { query: { tenant_id: 'acme', limit: 5 } } });
  expect(found.data?.items).toHaveLength(1);
  const missing = await client.GET('/api/v1/tenants/{id}', { params: { path: { id: 'nobody' } } });
  expect([missing.response.status, missing.error?.code]).toEqual([404, 'TENANT_NOT_FOUND']);
});
