/** What changed between two syncs, fed to the rules about drift (DATA-10), through the whole pipeline. */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instanceId, type TenantId } from '../../domain/ids.ts';
import { openPipeline, type TestPipeline } from '../support/pipeline.ts';

const ACCOUNT = '111122223333';
const COMPLETE = ['iam'];

let pipeline: TestPipeline;
let tenant: TenantId;
beforeAll(async () => {
  pipeline = await openPipeline();
  ({ tenant } = await pipeline.probeScope());
  await pipeline.storage.instances.create(tenant, {
    _id: instanceId(`${tenant}-aws`),
    connector: 'aws',
    name: 'aws',
    source_tenant: ACCOUNT,
    credentials_ref: { provider: 'env', ref: 'AWS' },
    config: {},
    status: 'active',
    created_at: new Date(),
  });
});
afterAll(async () => {
  await pipeline.close();
});

const entity = (type: string, subtype: string, name: string, props: object = {}) => ({
  ...{
    type,
    subtype,
    source_system: 'aws',
    source_tenant: ACCOUNT,
    native_id: name,
    display_name: name,
    category: 'iam',
    props,
    join_keys: [],
  },
});
const statement = (name: string, actions: readonly string[]) =>
  entity('permission', 'iam_statement', name, { effect: 'Allow', actions, resources: ['*'], condition_keys: [] });
const ada = entity('identity', 'iam_user', 'ada', { enabled: true });
const grant = (of: ReturnType<typeof statement>) => ({
  ...{
    from: { type: 'identity', native_id: 'ada' },
    to: { type: 'permission', native_id: of.native_id },
    type: 'GRANTS',
    category: 'iam',
    props: {},
  },
});

/** One whole run; ada holds these statements afterwards. */
async function read(held: readonly ReturnType<typeof statement>[], complete: readonly string[] = COMPLETE) {
  const document = {
    schema: 'sv0.normalized-graph/1',
    source_system: 'aws',
    source_tenant: ACCOUNT,
    entities: [ada, ...held],
    edges: held.map(grant),
  };
  const started = await pipeline.ingest.accept({
    instance_id: instanceId(`${tenant}-aws`),
    tenant_hint: null,
    body: Readable.from([Buffer.from(JSON.stringify(document))]),
    contentType: 'application/json',
    complete,
    userId: 'test',
    idempotencyKey: null,
  });
  expect(await pipeline.control.result(started)).toMatchObject({ status: 'succeeded' });
  return started;
}

const drift = async () =>
  (await pipeline.storage.findings.list(tenant, { rule_id: 'privilege_expanded' })).map(({ status, facts }) => [status, facts['gained']]);

it('DATA-10 DATA-04: a grant that is new since the complete read before is a finding, and the next quiet read closes it', async () => {
  const [list, write, all] = [
    statement('list', ['s3:ListAllMyBuckets']),
    statement('write', ['s3:PutObject']),
    statement('get', ['s3:GetObject']),
  ];
  // Read for the first time: everything is new, and nothing is drift.
  await read([list]);
  expect(await drift()).toEqual([]);
  await read([list]);
  expect(await drift()).toEqual([]);

  await read([list, write]);
  expect(await drift()).toEqual([['open', ['write']]]);
  const changes = await pipeline.storage.changes.sinceLastComplete(tenant);
  expect(changes.compared).toEqual([{ source_system: 'aws', source_tenant: ACCOUNT, category: 'iam' }]);
  expect(changes.changes.map(({ kind, change }) => `${kind} ${change}`).sort()).toEqual(['edge created', 'entity created']);
  expect(await pipeline.storage.changes.sinceLastComplete(tenant)).toEqual(changes);

  await read([list, write]);
  expect(await drift()).toEqual([['resolved', ['write']]]);

  // The same authority under another name is none more; what it was is known from the tombstone.
  await read([list, statement('write-2', ['s3:PutObject'])]);
  expect(await drift()).toEqual([['resolved', ['write']]]);
  const renamed = await pipeline.storage.changes.sinceLastComplete(tenant);
  expect(renamed.changes.filter(({ change }) => change === 'removed').every(({ before }) => before !== undefined)).toBe(true);
  expect(renamed.changes).toHaveLength(4);

  // An incomplete read moves no baseline: what it added is still drift at the complete read behind it.
  await read([list, statement('write-2', ['s3:PutObject']), all], []);
  await read([list, statement('write-2', ['s3:PutObject']), all]);
  expect(await drift()).toEqual([['open', ['get']]]);
});

it('DATA-10: a pass that is repeated finds the same, and a pass of another source moves nothing', async () => {
  const before = await drift();
  expect(before).toEqual([['open', ['get']]]);
  const { scope } = await pipeline.probeScope({ tenant, scope: 'other' });
  await pipeline.scan(scope);
  expect(await drift()).toEqual(before);
});
