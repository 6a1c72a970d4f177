import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apiAddress } from '../../cli/client/address.ts';
import { answer } from '../../cli/client/answers.ts';
import { createApiClient } from '../../cli/client/index.ts';
import { PROJECT } from '../../cli/folders.ts';
import { noteRunning } from '../../cli/services/running.ts';
import { isDomainError } from '../../domain/errors.ts';
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

const asking = (send: (request: Request) => Promise<Response>) =>
  answer(createApiClient({ url: 'http://localhost', token: 'a-token', fetch: send }).GET('/api/v1/tenants', {}));

it('API-06: no answer, and one that is none of ours, are told apart from a problem; nothing of a stranger’s answer is repeated', async () => {
  await expect(asking(() => Promise.reject(new TypeError('fetch failed')))).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
  for (const status of [502, 200]) {
    const page = async () => new Response('canary-of-a-proxy', { status, headers: { 'content-type': 'text/html' } });
    const strange = await asking(page).catch((error: Error) => error);
    expect(strange).toMatchObject({ code: 'API_ANSWER_UNKNOWN' });
    expect(JSON.stringify([strange, (strange as Error).message])).not.toContain('canary');
  }
});

it('API-07: a read that came too often is asked again when the API said, a write is not', async () => {
  const asked: string[] = [];
  const { app } = appUnderTest();
  const send = async (request: Request): Promise<Response> => {
    asked.push(request.method);
    return asked.length === 1 ? new Response('{}', { status: 429, headers: { 'retry-after': '0' } }) : app.request(request);
  };
  expect((await asking(send)).items).toHaveLength(1);
  expect(asked).toEqual(['GET', 'GET']);
  asked.length = 0;
  const client = createApiClient({ url: 'http://localhost', token: 't', fetch: send });
  expect((await client.POST('/api/v1/scan-runs/{id}/retry', { params: { path: { id: 'x' } } })).response.status).toBe(429);
  expect(asked).toEqual(['POST']);
});

it('API-04: where the API is: as it was said, else the environment, else `npm start`; a token goes to https or to this machine', async () => {
  const state = await mkdtemp(join(tmpdir(), 'sv0-client-'));
  const env = { SV0_STATE_DIR: state, SV0_API_TOKEN: 'of-the-environment' };
  expect(() => apiAddress(env, undefined)).toThrow(expect.objectContaining({ code: 'API_NOT_FOUND' }));
  const running = { mongodb_uri: 'm', temporal_address: 't', temporal_ui_url: 'u', api_url: 'http://127.0.0.1:4480', api_token: 'local' };
  const forget = await noteRunning(state, { pid: process.pid, ...running });
  expect(apiAddress(env, undefined)).toEqual({ url: 'http://127.0.0.1:4480', token: 'local' });
  const named = { ...env, SV0_API_URL: 'https://sv0.example/' };
  expect(apiAddress(named, undefined)).toEqual({ url: 'https://sv0.example', token: 'of-the-environment' });
  expect(apiAddress(named, 'http://[::1]:9')).toEqual({ url: 'http://[::1]:9', token: 'of-the-environment' });
  for (const url of ['http://sv0.example', 'ftp://localhost', 'https://ada:secret@sv0.example', 'sv0.example', ''])
    expect([url, () => apiAddress(named, url)]).toEqual([
      url,
      expect.toSatisfy((ask: () => void) => refusal(ask) === 'API_ADDRESS_REFUSED'),
    ]);
  expect(refusal(() => apiAddress({ ...named, SV0_API_TOKEN: '' }, undefined))).toBe('API_TOKEN_MISSING');
  await forget();
  await rm(state, { recursive: true });
});

function refusal(ask: () => unknown): string {
  try {
    ask();
    return 'none';
  } catch (error) {
    return isDomainError(error) ? error.code : String(error);
  }
}
