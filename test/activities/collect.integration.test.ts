/** `runConnector` when a worker that was thought lost is not, or is lost behind its last write: what counts is of one try. */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { type CollectDeps, createCollectActivities } from '../../activities/collect.ts';
import { PersistentError } from '../../domain/errors.ts';
import { createPreflightActivities } from '../../activities/preflight.ts';
import type { CollectResult } from '../../activities/inputs.ts';
import type { CategoryResults } from '../../domain/runs/types.ts';
import { repositories } from '../storage/every-method.ts';
import { cell, NOW, seedTenant, startRun } from '../storage/rows.ts';
import { withDatabase } from '../support/mongo.ts';

const database = withDatabase();

interface Try {
  readonly graph: string;
  readonly results: CategoryResults;
  readonly transient?: boolean;
  /** Instead of an outcome, once the child was boxed. */
  readonly fails?: Error;
  /** What happens elsewhere while this try's child is at work. */
  readonly meanwhile?: () => Promise<unknown>;
}

interface Slow {
  readonly environment?: MockActivityEnvironment;
  readonly resolve?: () => Promise<never>;
}

async function openRun() {
  const { tenant, scope } = await seedTenant(database.collections);
  const { run } = await startRun(database.collections, scope);
  const { scopes, runs, artifacts } = repositories(database.db);
  let asked = 0;
  const deadlines: Date[] = [];
  const clock = { now: NOW };
  const runConnector = async (
    { graph, results, transient = false, meanwhile, fails }: Try,
    last = false,
    { environment = new MockActivityEnvironment(), resolve = async () => ({}) as never }: Slow = {},
  ): Promise<CollectResult> => {
    const graphPath = join(tmpdir(), `graph-${randomUUID()}`);
    await writeFile(graphPath, graph);
    const deps: CollectDeps = {
      scopes,
      runs,
      artifacts,
      verifiedTenants: { ofRun: async () => ({}) as never },
      broker: { resolve },
      connectors: {
        run: async ({ deadlineAt, onIsolated }, use) => {
          asked += 1;
          deadlines.push(deadlineAt);
          onIsolated('uid');
          await meanwhile?.();
          if (fails !== undefined) throw fails;
          return await use({ results, transient, graphPath, isolation: 'none', logTail: [] });
        },
      },
      now: () => clock.now,
    };
    const attempt = { number: last ? 4 : 1, last };
    const input = { scope_id: scope, run_id: run, workflow_id: 'w', attempt };
    try {
      return (await environment.run(createCollectActivities(deps).runConnector, input)) as CollectResult;
    } finally {
      await rm(graphPath);
    }
  };
  const content = async ({ artifact }: CollectResult): Promise<string> =>
    (await buffer(await artifacts.open(tenant, run, artifact.artifact_id))).toString();
  return { runConnector, content, row: () => runs.get(tenant, run), asked: () => asked, deadlines, clock };
}

describe('a credential that takes its time', () => {
  const beating = () => new MockActivityEnvironment({ heartbeatTimeoutMs: 30 });
  /** As long as a heartbeat needs, and no longer than this test wants to wait for one. */
  const slowly = (environment: MockActivityEnvironment): Promise<never> =>
    new Promise((resolve, reject) => {
      environment.once('heartbeat', () => resolve({ facts: { provider: 'p', version: 'v' }, keyNames: [] } as never));
      setTimeout(() => reject(new Error('no heartbeat while the provider is asked')), 2_000).unref();
    });

  it('RUN-17: a vault that is slow is no lost worker: the preflight and the launch beat while it is asked', async () => {
    const preflight = beating();
    const { resolveCredentials } = createPreflightActivities({
      verifiedTenants: { ofRun: async () => ({}) as never },
      broker: { resolve: () => slowly(preflight) },
    });
    expect(await preflight.run(resolveCredentials, {} as never)).toMatchObject({ provider: 'p' });
    const { runConnector } = await openRun();
    const launch = beating();
    const ended = await runConnector(READ, false, { environment: launch, resolve: () => slowly(launch) });
    expect(ended.all_failed).toBe(false);
  });

  it('RUN-12: what a vault takes is of the budget: the child has no longer than Temporal waits for its stage', async () => {
    const { runConnector, deadlines, clock } = await openRun();
    const ofAVault = async (): Promise<never> => ((clock.now = new Date(NOW.getTime() + 40_000)), {} as never);
    await runConnector(READ, false, { environment: new MockActivityEnvironment({ startToCloseTimeoutMs: 90_000 }), resolve: ofAVault });
    expect(deadlines).toEqual([new Date(NOW.getTime() + 60_000)]);
  });
});

const READ: Try = { graph: 'all of it', results: { iam_roles: cell(), s3_buckets: cell() } };
const READ_LESS: Try = { graph: 'without roles', results: { iam_roles: cell('failed'), s3_buckets: cell() } };

describe('two tries of one connector stage', () => {
  it('DATA-03 RUN-15: the one that is late takes over cells and graph of the first: never a graph beside cells that it does not hold', async () => {
    const { runConnector, content, row } = await openRun();
    let first: CollectResult | undefined;
    const second = await runConnector({ ...READ_LESS, meanwhile: async () => (first = await runConnector(READ)) });
    expect(second).toEqual(first);
    expect(second.categories).toEqual({ iam_roles: 'succeeded', s3_buckets: 'succeeded' });
    expect(await content(second)).toBe('all of it');
    expect(await row()).toMatchObject({ category_results: READ.results, artifact: second.artifact });
  });

  it('RUN-15: what a worker recorded before it was lost is the answer of the next, and the source is not asked again', async () => {
    const { runConnector, asked } = await openRun();
    const first = await runConnector(READ);
    expect(await runConnector(READ_LESS)).toEqual(first);
    expect(asked()).toBe(1);
  });

  it('RUN-17: the last try that failed for a passing reason stays one', async () => {
    const { runConnector, row } = await openRun();
    const passing = { ...READ_LESS, transient: true };
    await expect(runConnector(passing)).rejects.toMatchObject({ name: 'TransientError' });
    expect((await row()).collected_at).toBeNull();
    await expect(runConnector(passing, true)).rejects.toMatchObject({ name: 'TransientError', code: 'CONNECTOR_TRANSIENT' });
    expect(await row()).toMatchObject({ category_results: READ_LESS.results, artifact: null });
    await expect(runConnector(READ, true)).rejects.toMatchObject({ name: 'TransientError', code: 'CONNECTOR_TRANSIENT' });
  });
});

describe('a run whose connector failed', () => {
  it('CRED-09: its record says how the child was boxed; a late failure does not change what a later try said', async () => {
    const { runConnector, row } = await openRun();
    const fails = new PersistentError('the connector ended by SIGKILL', { code: 'CONNECTOR_EXITED', actor: 'engineer' });
    await expect(runConnector({ ...READ, fails })).rejects.toMatchObject({ code: 'CONNECTOR_EXITED' });
    expect(await row()).toMatchObject({ status: 'running', isolation: 'uid', collected_at: null });
    // A try that was thought lost fails behind the one that collected.
    await expect(runConnector({ ...READ, fails, meanwhile: () => runConnector(READ) })).rejects.toMatchObject({ code: 'CONNECTOR_EXITED' });
    expect((await row()).isolation).toBe('none');
  });

  it('RUN-12: the child’s deadline is what Temporal leaves of the budget, by this host’s clock and not by that of who opened the run', async () => {
    const { runConnector, deadlines } = await openRun();
    const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 90_000 });
    await runConnector(READ, false, { environment });
    expect(deadlines).toEqual([new Date(NOW.getTime() + 60_000)]);
  });
});
