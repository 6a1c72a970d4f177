/** Connections of browser-backed connectors in a whole pipeline, and the launch paths that there are. */
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createSchedules } from '../../cli/compose/schedules.ts';
import { browserManifests } from '../../connectors/browser/manifests.ts';
import { withBrowserConnectors } from '../../connectors/browser/registered.ts';
import { digestOfPath } from '../../connectors/driver/digests.ts';
import { loadExternalConnectors } from '../../connectors/registry/external.ts';
import type { RegisteredConnector } from '../../connectors/registry/registry.ts';
import { instanceId, scopeId, tenantId, type InstanceId, type ScopeId, type TenantId } from '../../domain/ids.ts';
import type { ScanRun } from '../../domain/runs/types.ts';
import type { CredentialProvider } from '../../domain/tenancy/types.ts';
import { scanScheduleId } from '../../workflows/messages.ts';
import { activityNames } from '../support/history.ts';
import type { TestPipeline } from '../support/pipeline.ts';

const CHILD = join(import.meta.dirname, 'children', 'names.mjs');

/** The host's file registers one executable for the kinds; their manifests are the release's. */
export async function installedBrowsers(kinds: readonly string[]): Promise<readonly RegisteredConnector[]> {
  const file = join(await mkdtemp(join(tmpdir(), 'sv0-connectors-')), 'connectors.json');
  const sha256 = { [process.execPath]: await digestOfPath(process.execPath), [CHILD]: await digestOfPath(CHILD) };
  const executable = { command: process.execPath, args: [CHILD], read_only_paths: [], sha256 };
  await writeFile(file, JSON.stringify({ schema: 'sv0.connectors/1', connectors: kinds.map((kind) => ({ kind, executable })) }));
  return withBrowserConnectors(await loadExternalConnectors(file, browserManifests));
}

export interface Connection {
  readonly tenant: TenantId;
  readonly slug: string;
  readonly instance: InstanceId;
  readonly scope: ScopeId;
  readonly kind: string;
}

let made = 0;

/** A connection with a scope of its own; of a new tenant unless one is named. */
export async function connect(
  pipeline: TestPipeline,
  kind: string,
  options: { tenant?: TenantId; provider?: CredentialProvider } = {},
): Promise<Connection> {
  made += 1;
  const tenant = options.tenant ?? tenantId(`launch${made}-${pipeline.settings.database.slice(-6)}`);
  const slug = tenant.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  const created_at = new Date();
  const { storage } = pipeline;
  if ((await storage.tenants.find(tenant)) === null)
    await storage.tenants.create({ _id: tenant, slug, name: tenant, kind: 'demo', created_at });
  const instance = instanceId(`${tenant}-${kind}-${made}`);
  await storage.instances.create(tenant, {
    _id: instance,
    connector: kind,
    name: kind,
    source_tenant: `account-${made}`,
    credentials_ref: { provider: options.provider ?? 'env', ref: 'MAIN' },
    config: {},
    status: 'active',
    created_at,
  });
  const scope = scopeId(`${instance}-scope`);
  await storage.scopes.create(tenant, {
    _id: scope,
    instance_id: instance,
    kind: 'scan',
    name: kind,
    categories: ['account'],
    params: {},
    budget: { max_runtime_seconds: 120 },
    created_at,
  });
  return { tenant, slug, instance, scope, kind };
}

/** The three launch paths: the scope's own Temporal schedule, somebody's start, and a retry of an earlier run. */
export function launchesOf(pipeline: TestPipeline) {
  const { client, queues, storage, control } = pipeline;
  const schedules = createSchedules({ client, queues, storage, now: () => new Date() });
  const person = { tenant_hint: null, source: 'cli', user_id: 'test', idempotency_key: null } as const;

  return {
    async scheduled({ tenant, scope }: Connection): Promise<ScanRun> {
      const request = { scope_id: scope, tenant_hint: null, by: 'test' };
      await schedules.set(request, { kind: 'interval', every_seconds: 86_400 });
      try {
        await schedules.triggerNow(request);
        const over = async (): Promise<ScanRun | undefined> =>
          (await storage.runs.list(tenant, { scope_id: scope, trigger: 'scheduled' }))[0];
        await expect.poll(async () => (await over())?.status ?? 'running', { timeout: 120_000, interval: 200 }).not.toBe('running');
        return (await over()) as ScanRun;
      } finally {
        await client.schedule.getHandle(scanScheduleId(scope)).delete();
      }
    },
    async manual({ tenant, scope }: Connection): Promise<ScanRun> {
      const started = await control.start({ ...person, scope_id: scope, trigger_type: 'manual_api', override_cooldown: true });
      await control.result(started);
      return await storage.runs.get(tenant, started.run_id);
    },
    async retry(run: ScanRun): Promise<ScanRun> {
      const started = await control.retry({ ...person, run_id: run._id });
      await control.result(started);
      return await storage.runs.get(run.tenant_id, started.run_id);
    },
  };
}

export const digest = (value: string): string => createHash('sha256').update(value).digest('hex');

/** Variable name → digest of its value, as the child of the newest run of this connection reported them. */
export async function reported(pipeline: TestPipeline, { tenant, instance }: Connection): Promise<Readonly<Record<string, unknown>>> {
  const rows = await pipeline.storage.collections.entities
    .find({ tenant_id: tenant, instance_id: instance, removed: false })
    .sort({ _id: 1 })
    .toArray();
  return Object.fromEntries(rows.map(({ native_id, props }) => [native_id, props['digest']]));
}

/** Whether a child was spawned for the run: the stage that does it is in its history, or not. */
export async function reachedConnector(pipeline: TestPipeline, run: ScanRun): Promise<boolean> {
  const history = await pipeline.client.workflow.getHandle(run.workflow_id).fetchHistory();
  return activityNames(history).includes('runConnector');
}
