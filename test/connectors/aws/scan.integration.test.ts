/** The connector against the emulated accounts of the demo. */
import { afterEach, describe, expect, it } from 'vitest';
import { awsManifest } from '../../../connectors/aws/manifest.ts';
import { EDGE_TYPE_TABLE } from '../../../domain/graph/edge-types.ts';
import type { GraphEdge, GraphEntity } from '../../../domain/graph/types.ts';
import { type AwsEmulatorOptions, type RunningAwsEmulator, startAwsEmulator } from '../../../emulators/aws/server.ts';
import { AWS_WORLD_CANARIES, DEMO_AWS_KEYS } from '../../../emulators/aws/world.ts';
import { CONTOSO, NORTHWIND } from '../../../emulators/story.ts';
import { runAsChild, runHere, type RunOutput } from './support.ts';

const NOW = new Date('2026-09-01T00:00:00Z');
const ACCOUNT = NORTHWIND.aws.account;
let emulator: RunningAwsEmulator | undefined;

async function start(options: AwsEmulatorOptions = {}): Promise<RunningAwsEmulator> {
  emulator = await startAwsEmulator({ now: NOW, ...options });
  return emulator;
}
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
});

const scan = (aws: RunningAwsEmulator) => runHere({ account: ACCOUNT, endpoint: aws.url, key: DEMO_AWS_KEYS[ACCOUNT] });
const statuses = (output: RunOutput): Record<string, string> =>
  Object.fromEntries(Object.entries(output.cells).map(([name, cell]) => [name, cell.status]));
const everything = { iam: 'succeeded', lambda: 'succeeded', s3: 'succeeded' };

describe('a scan of an account', () => {
  it('CONN-01, DATA-09: as a child process gives two files, and no secret of the source or of its own in any', async () => {
    const aws = await start();
    for (const account of [ACCOUNT, CONTOSO.aws.account] as const) {
      const output = await runAsChild({ account, endpoint: aws.url, key: DEMO_AWS_KEYS[account] });
      expect(output.exitCode).toBe(0);
      expect(statuses(output)).toEqual(everything);
      expect(output.entities.length).toBeGreaterThan(50);
      for (const canary of [...AWS_WORLD_CANARIES, DEMO_AWS_KEYS[account].secretAccessKey]) {
        expect(output.graph).not.toContain(canary);
        expect(output.results + output.log).not.toContain(canary);
      }
      // What an operator reads of a run: nothing of the SDK's own (its notice on Node 20).
      expect(output.log).not.toMatch(/AWS SDK|Warning/);
    }
    // The canaries were there to be taken: the sweep above means something.
    expect(JSON.stringify(aws.worlds)).toContain(AWS_WORLD_CANARIES[0]);
  });

  it('CONN-02, CONN-03: reads with the permissions that the manifest declares, needs each of them, and writes nothing', async () => {
    const aws = await start();
    expect(statuses(await scan(aws))).toEqual(everything);
    const called = Object.keys(aws.counters).filter((name) => /^(?:iam|lambda|s3):/.test(name));
    const declared = awsManifest.categories.flatMap((category) => category.permissions);
    // Only a bucket that is listed without its region needs the location.
    expect(called.sort()).toEqual(declared.filter((permission) => permission !== 's3:GetBucketLocation').sort());
    expect(aws.counters['write_attempts']).toBeUndefined();
    expect(aws.counters['answered:AccessDenied']).toBeUndefined();
  });

  it('DATA-01: emits what its manifest declares, by the contract, each thing once', async () => {
    const output = await scan(await start());
    for (const { name, entities, edges } of awsManifest.categories) {
      const own = {
        entities: output.entities.filter((entity) => entity.category === name),
        edges: output.edges.filter((edge) => edge.category === name),
      };
      expect([...new Set(own.entities.map((entity) => `${entity.type}/${entity.subtype}`))].sort()).toEqual([...entities].sort());
      expect([...new Set(own.edges.map((edge) => edge.type))].sort()).toEqual([...edges].sort());
      const ids = own.entities.map(entityKey);
      expect(new Set(ids).size).toBe(ids.length);
    }
    const known = new Set(output.entities.map(entityKey));
    for (const edge of output.edges) {
      expect(EDGE_TYPE_TABLE[edge.type].from).toContain(edge.from.type);
      expect(EDGE_TYPE_TABLE[edge.type].to).toContain(edge.to.type);
    }
    expect(output.edges.filter((edge) => !known.has(refKey(edge.from)) || !known.has(refKey(edge.to)))).toEqual([]);
    for (const { props } of [...output.entities, ...output.edges]) {
      for (const [key, value] of Object.entries(props)) {
        expect(key).toMatch(/^[a-z][a-z0-9_]{0,63}$/);
        expect(value === null || ['string', 'number', 'boolean'].includes(typeof value) || Array.isArray(value)).toBe(true);
      }
    }
  });

  it('DATA-02: gives the same bytes with tiny, short and empty pages, throttling and bursts of failures as without', async () => {
    const calm = await scan(await start());
    await emulator?.close();
    const nasty = await start({
      nastiness: {
        pageSize: 7,
        shortPages: true,
        emptyPages: true,
        throttle: { every: 60, forMs: 400 },
        serverErrors: { every: 45, burst: 2 },
      },
    });
    const output = await scan(nasty);
    expect(statuses(output)).toEqual(everything);
    expect(output.graph).toBe(calm.graph);
    expect(nasty.counters).toMatchObject({
      short_pages: expect.any(Number),
      empty_pages: expect.any(Number),
      throttled: expect.any(Number),
      server_errors: expect.any(Number),
    });
    expect(nasty.counters['too_early']).toBeUndefined();
  });

  it('DATA-02: gives the same bytes whatever order AWS lists things in', async () => {
    const calm = await scan(await start());
    const worlds = emulator?.worlds.map(reversed) ?? [];
    await emulator?.close();
    const output = await scan(await start({ worlds }));
    expect(output.graph).toBe(calm.graph);
  });

  it('leads from GitHub’s and Entra’s subjects to the bucket of customer data', async () => {
    const output = await scan(await start());
    const statement = (role: string) =>
      output.edges.filter((edge) => edge.type === 'GRANTS' && edge.from.native_id === role).map((edge) => edge.to.native_id);
    const reaches = (role: string) =>
      output.edges.some(
        (edge) =>
          edge.type === 'APPLIES_TO' &&
          statement(role).includes(edge.from.native_id) &&
          edge.to.native_id === `arn:aws:s3:::${NORTHWIND.aws.customerBucket}`,
      );
    for (const role of [NORTHWIND.aws.deployRole, NORTHWIND.aws.entraReaderRole]) {
      expect(reaches(role)).toBe(true);
      const subject = output.edges.find((edge) => edge.type === 'TRUSTS_SUBJECT' && edge.from.native_id === role)?.to.native_id;
      expect(output.entities.find((entity) => entity.native_id === subject)?.join_keys).toMatchObject([{ k: 'oidc_trust' }]);
    }
    const bucket = output.entities.find((entity) => entity.display_name === NORTHWIND.aws.customerBucket);
    expect(bucket?.props['classification']).toBe('customer');
  });

  it('reads only what the scope names: categories, and regions for Lambda and S3', async () => {
    const aws = await start();
    const base = { account: ACCOUNT, endpoint: aws.url, key: DEMO_AWS_KEYS[ACCOUNT] };
    const output = await runHere({ ...base, categories: ['lambda', 's3'], regions: ['eu-west-1'] });
    expect(statuses(output)).toEqual({ lambda: 'succeeded', s3: 'succeeded' });
    expect(Object.keys(aws.counters).filter((name) => name.startsWith('iam:'))).toEqual([]);
    const regions = output.entities.filter((entity) => entity.type !== 'owner').map((entity) => entity.props['region']);
    expect(new Set(regions)).toEqual(new Set(['eu-west-1']));
    expect(output.edges.filter((edge) => edge.type === 'APPLIES_TO')).toEqual([]);
    const none = await runHere({ ...base, regions: [] });
    expect(none.cells['lambda']).toMatchObject({ status: 'failed', errors: [{ code: 'AWS_REGIONS_MISSING', actor: 'operator' }] });
    expect(none.entities.filter((entity) => entity.subtype === 's3_bucket')).toHaveLength(13);
  });
});

/** Every list the other way round, those in policy documents included. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed).reverse() as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reversed(item)])) as T;
}

const refKey = (ref: GraphEdge['from']): string => JSON.stringify([ref.source_tenant ?? ACCOUNT, ref.type, ref.native_id]);
const entityKey = (entity: GraphEntity): string => JSON.stringify([entity.source_tenant, entity.type, entity.native_id]);
