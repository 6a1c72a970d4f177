import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConnectorRunner } from '../../activities/collect.ts';
import { createConnectorRunner } from '../../cli/compose/connector-runner.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { PROBE } from '../support/pipeline.ts';

let workRoot = '';
beforeAll(async () => {
  workRoot = await mkdtemp(join(tmpdir(), 'sv0-runner-'));
});
afterAll(() => rm(workRoot, { recursive: true, force: true }));

it('CRED-09: a worker that boxes nothing says so in its log, once, before the first child', async () => {
  const said: string[] = [];
  const runner = createConnectorRunner({
    driver: { workRoot, isolation: 'none' },
    registry: {
      get: () => ({ manifest: PROBE.manifest, executable: { command: '/nowhere', args: [], readOnlyPaths: [] } }),
    } as unknown as ConnectorRegistry,
    logs: { put: async () => true },
    logger: pino({}, new Writable({ write: (chunk, _, done) => (said.push(String(chunk)), done()) })),
    now: () => new Date(),
  });
  const run = () =>
    runner.run(
      {
        chain: {
          tenant: { _id: 'acme' },
          scope: { _id: 's', categories: ['things'], params: {} },
          instance: { connector: 'probe', source_tenant: 'x', config: {} },
          run: { _id: 'r' },
        },
        credential: { reveal: () => ({}) },
        attempt: 1,
        deadlineAt: new Date(Date.now() + 60_000),
        onIsolated: () => undefined,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      } as unknown as Parameters<ConnectorRunner['run']>[0],
      async () => undefined,
    );
  for (let time = 0; time < 2; time += 1) await expect(run()).rejects.toMatchObject({ code: 'CONNECTOR_SPAWN_FAILED' });
  expect(said.filter((line) => line.includes('not isolated'))).toHaveLength(1);
});
