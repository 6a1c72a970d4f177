import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGateActivities, GATE_BATCH_SIZE } from '../../../activities/gate.ts';
import { MAX_NAMED_TENANTS } from '../../../activities/gate-checks.ts';
import { expectedVersion, gateExitCode, gateStages } from '../../../cli/compose/gate.ts';
import { PROJECT } from '../../../cli/folders.ts';
import { GATE_PATHS, touchedGatePaths } from '../../../domain/gate/paths.ts';
import { BUILDER_VERSION, GATE_STAGE_NAMES, gateCells } from '../../../domain/gate/stages.ts';
import { tenantId } from '../../../domain/ids.ts';
import { BATCH_SIZE } from '../../../workflows/rematerialize-batch.ts';

describe('what a merge must touch', () => {
  it('GATE-02: every declared path exists, folders as folders', () => {
    const wrong = GATE_PATHS.filter(
      (path) => !existsSync(join(PROJECT, path)) || statSync(join(PROJECT, path)).isDirectory() !== path.endsWith('/'),
    );
    expect(wrong).toEqual([]);
  });

  it('GATE-02: names what counts, and not its neighbours', () => {
    const changed = [
      'README.md',
      'domain/stitching/walk.ts',
      'domain/chains.md',
      'domain/chains/build.ts',
      'domain/graph/schema.ts',
      'x/domain/chains/build.ts',
      'domain/rules/registry.ts',
    ];
    expect(touchedGatePaths(changed)).toEqual(['domain/chains/build.ts', 'domain/graph/schema.ts', 'domain/stitching/walk.ts']);
    expect(touchedGatePaths([])).toEqual([]);
  });
});

describe('stages', () => {
  it('GATE-01: both by default, in pipeline order; an unknown one is refused at its field', () => {
    expect(gateStages([])).toEqual(['chains', 'stitched_paths']);
    expect(gateStages(['stitched_paths', 'chains', 'chains'])).toEqual(['chains', 'stitched_paths']);
    expect(gateCells(['stitched_paths'])).toEqual(['__stitch']);
    expect(() => gateStages(['chains', 'toString'])).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_STAGE', problems: [expect.objectContaining({ field: '--stage' })] }),
    );
  });

  it('the snapshot is cut as the batches count', () => expect(BATCH_SIZE).toBe(GATE_BATCH_SIZE));

  it('GATE-05: the exit code tells failures and stale records from success', () => {
    const summary = {
      gate_id: 'g',
      stages: GATE_STAGE_NAMES,
      builder_version: BUILDER_VERSION,
      tenants: 3,
      succeeded: 3,
      skipped: 0,
      failed: 0,
      failures: [],
      stale_before: 9,
      stale_after: 0,
    };
    expect(gateExitCode(summary)).toBe(0);
    expect(gateExitCode({ ...summary, failed: 1 })).toBe(1);
    expect(gateExitCode({ ...summary, stale_after: 1 })).toBe(1);
  });
});

describe('the snapshot', () => {
  const acme = tenantId('acme');
  const gone = tenantId('gone');
  const taken: string[][] = [];
  let versions: readonly string[] = [BUILDER_VERSION];
  const activities = createGateActivities({
    tenants: {
      find: async (id) =>
        id === acme || id === gone
          ? {
              _id: id,
              slug: 'X',
              name: id,
              kind: 'real',
              status: id === acme ? 'active' : 'suspended',
              created_at: new Date(0),
              version: 1,
            }
          : null,
      listActiveIds: async function* () {
        yield acme;
      },
    },
    scopes: { ensure: () => Promise.reject(new Error('not asked for')) },
    derived: {
      countByBuilder: async (_, kind) => [
        { builder_version: 'older/0', count: kind === 'chains' ? 2 : 1 },
        { builder_version: 'chain-builder/1', count: 40 },
      ],
    },
    snapshots: {
      create: async (_, tenants) => {
        const ids: string[] = [];
        for await (const id of tenants) ids.push(id);
        taken.push(ids);
        return { tenants: ids.length, batches: 1 };
      },
      batch: async () => [acme, gone],
      remove: () => Promise.resolve(),
    },
    workers: { list: async () => versions },
    now: () => new Date(0),
  });

  it('GATE-01: named tenants are taken once each; a missing or inactive one is refused by name, and nothing is written', async () => {
    expect(
      await activities.snapshotTenants({ stages: ['chains'], tenants: [acme, acme], expect_builder_version: BUILDER_VERSION }),
    ).toMatchObject({ tenants: 1, builder_version: BUILDER_VERSION });
    expect(taken).toEqual([['acme']]);
    await expect(
      activities.snapshotTenants({ stages: ['chains'], tenants: [acme, gone, tenantId('nobody')], expect_builder_version: null }),
    ).rejects.toMatchObject({
      code: 'TENANT_NOT_ACTIVE',
      message: 'tenants[gone]: expected an active tenant; tenants[nobody]: expected a tenant that exists',
    });
    await expect(activities.snapshotTenants({ stages: ['chains'], tenants: [], expect_builder_version: null })).rejects.toMatchObject({
      field: 'tenants',
    });
    await expect(
      activities.snapshotTenants({
        stages: ['chains'],
        tenants: Array.from({ length: MAX_NAMED_TENANTS + 1 }, (_, n) => tenantId(`t${n}`)),
        expect_builder_version: null,
      }),
    ).rejects.toMatchObject({ field: 'tenants' });
    await expect(activities.snapshotTenants({ stages: [], tenants: null, expect_builder_version: null })).rejects.toMatchObject({
      field: 'stages',
    });
    expect(taken).toHaveLength(1);
  });

  it('GATE-06: a worker of another version refuses, at the snapshot and at every batch', async () => {
    const expect_builder_version = expectedVersion('chain-builder/2+x') as string;
    const refusal = { code: 'BUILDER_VERSION_MISMATCH' };
    await expect(activities.snapshotTenants({ stages: ['chains'], tenants: null, expect_builder_version })).rejects.toMatchObject(refusal);
    await expect(activities.readGateBatch({ snapshot: 's', batch: 0, expect_builder_version })).rejects.toMatchObject(refusal);
    await expect(activities.countStale({ snapshot: 's', batch: 0, stages: ['chains'], expect_builder_version })).rejects.toMatchObject(
      refusal,
    );
    expect(expectedVersion('current')).toBe(BUILDER_VERSION);
    expect(expectedVersion(undefined)).toBeNull();
  });

  it('GATE-06: every worker of the queue is asked, not only the one that is met; without an expectation nobody is', async () => {
    const refusal = { code: 'BUILDER_VERSION_MISMATCH', field: 'expect_builder_version' };
    versions = [BUILDER_VERSION, 'chain-builder/0'];
    const asked = { stages: ['chains'], tenants: null, expect_builder_version: BUILDER_VERSION } as const;
    await expect(activities.snapshotTenants(asked)).rejects.toMatchObject(refusal);
    await expect(activities.readGateBatch({ snapshot: 's', batch: 0, ...asked })).rejects.toMatchObject(refusal);
    await expect(activities.countStale({ snapshot: 's', batch: 0, ...asked })).rejects.toMatchObject(refusal);
    await expect(activities.readGateBatch({ snapshot: 's', batch: 0, expect_builder_version: null })).resolves.toMatchObject({});
    versions = [];
    await expect(activities.readGateBatch({ snapshot: 's', batch: 0, ...asked })).resolves.toMatchObject({});
  });

  it('GATE-06: stale is what other code has built, over the stages that were asked for', async () => {
    const count = async (stages: readonly ('chains' | 'stitched_paths')[]) =>
      (await activities.countStale({ snapshot: 's', batch: 0, stages, expect_builder_version: null })).stale;
    expect(await count(['chains'])).toBe(2 * 2);
    // Of the stitched paths' two collections everything is of another version here.
    expect(await count(['stitched_paths'])).toBe(2 * 2 * 41);
  });
});
