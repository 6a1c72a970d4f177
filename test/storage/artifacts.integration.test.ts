import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { type Document, ObjectId, type WithId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../domain/canonical.ts';
import { runId, tenantId } from '../../domain/ids.ts';
import { createArtifactStore } from '../../storage/artifacts/gridfs.ts';
import { withDatabase } from '../support/mongo.ts';
import { bytesOf } from './graphs.ts';
import { newRunId } from './rows.ts';

const database = withDatabase();
const key = { id: 'k1', key: Buffer.alloc(32, 1) };
const store = (settings: Partial<Parameters<typeof createArtifactStore>[1]> = {}) =>
  createArtifactStore(database.db, { keys: [key], ...settings });
const tenant = tenantId('t-artifacts');
const files = () => database.db.collection('artifacts.files');
const chunks = () => database.db.collection('artifacts.chunks');
const read = async (run: Parameters<ReturnType<typeof store>['open']>[1], artifact: string, owner = tenant): Promise<Buffer> =>
  buffer(await store().open(owner, run, artifact));

/** Does not compress, so that it spans several chunks. */
const noise = randomBytes(3 * 1024 * 1024 + 17);

describe('artifact store', () => {
  it('gives back what was put, with its digest and its plain size', async () => {
    for (const content of [noise, Buffer.alloc(0), Buffer.from('{"schema":1}\n')]) {
      const run = newRunId();
      const stored = await store().put(tenant, run, 1, bytesOf(content));
      expect(stored).toEqual({
        artifact_id: expect.stringMatching(new RegExp(`^${run}/1-[0-9a-f]{24}$`)) as string,
        bytes: content.length,
        digest: sha256(content),
      });
      expect((await read(run, stored.artifact_id)).equals(content)).toBe(true);
    }
  });

  it('stores it compressed and sealed: nothing of the content is in the database', async () => {
    const run = newRunId();
    const text = 'canary-4711 '.repeat(200_000);
    const { artifact_id } = await store().put(tenant, run, 1, bytesOf(text));
    const file = await files().findOne({ filename: artifact_id });
    expect(file?.['length']).toBeLessThan(text.length / 20);
    const rows = await chunks().find({ files_id: file?._id }).toArray();
    expect(rows.some((row) => (row['data'].buffer as Buffer).includes('canary'))).toBe(false);
    expect(JSON.stringify(file)).not.toContain('canary');
  });

  it('API-05: is bound to tenant and run: another’s is not found, and a moved file does not open', async () => {
    const [run, other] = [newRunId(), newRunId()];
    const { artifact_id } = await store().put(tenant, run, 1, bytesOf('mine'));
    await expect(read(run, artifact_id, tenantId('t-other'))).rejects.toMatchObject({ name: 'NotFoundError' });
    await expect(read(other, artifact_id)).rejects.toMatchObject({ name: 'NotFoundError' });
    await expect(read(run, `${run}/2`)).rejects.toMatchObject({ name: 'NotFoundError' });
    await expect(store().open(undefined as never, run, artifact_id)).rejects.toMatchObject({ name: 'InvalidInputError' });
    await files().updateOne({ filename: artifact_id }, { $set: { 'metadata.tenant_id': 't-other' } });
    await expect(read(run, artifact_id, tenantId('t-other'))).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
  });

  it('refuses changed, missing and swapped chunks', async () => {
    const run = newRunId();
    const { artifact_id } = await store().put(tenant, run, 1, bytesOf(noise));
    const file = await files().findOne({ filename: artifact_id });
    const [first, second] = await chunks().find({ files_id: file?._id }).sort({ n: 1 }).toArray();
    await chunks().updateOne({ _id: first?._id as never }, { $set: { data: second?.['data'] } });
    await expect(read(run, artifact_id)).rejects.toMatchObject({ name: 'PersistentError', code: 'ARTIFACT_CORRUPT' });
    await chunks().deleteOne({ _id: second?._id as never });
    await expect(read(run, artifact_id)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
  });

  it('checks the digest on read', async () => {
    const run = newRunId();
    const { artifact_id } = await store().put(tenant, run, 1, bytesOf('content'));
    await files().updateOne({ filename: artifact_id }, { $set: { 'metadata.digest': sha256('other') } });
    await expect(read(run, artifact_id)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
  });

  it('RUN-15: keeps tries apart, also of one attempt: a worker that was thought lost does not replace what another put', async () => {
    const run = newRunId();
    const [first, other, again] = [
      await store().put(tenant, run, 1, bytesOf('first')),
      await store().put(tenant, run, 2, bytesOf('second attempt')),
      await store().put(tenant, run, 1, bytesOf('again')),
    ];
    expect((await read(run, first.artifact_id)).toString()).toBe('first');
    expect((await read(run, other.artifact_id)).toString()).toBe('second attempt');
    expect((await read(run, again.artifact_id)).toString()).toBe('again');
  });

  it('refuses what is over the quota, and keeps nothing of it', async () => {
    const run = newRunId();
    await expect(store({ maxBytes: 2_000_000 }).put(tenant, run, 1, bytesOf(noise))).rejects.toMatchObject({
      name: 'InvalidInputError',
      code: 'ARTIFACT_TOO_LARGE',
    });
    expect(await files().countDocuments({ 'metadata.run_id': run })).toBe(0);
  });

  it('an aborted put and a source that fails leave no file', async () => {
    const run = newRunId();
    const before = await chunks().countDocuments();
    const abort = new AbortController();
    const endless = (async function* () {
      for (;;) {
        yield randomBytes(1024 * 1024);
        abort.abort();
      }
    })();
    await expect(store().put(tenant, run, 1, endless, abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
    const failing = (async function* () {
      yield randomBytes(4 * 1024 * 1024);
      throw new Error('the source broke');
    })();
    await expect(store().put(tenant, run, 2, failing)).rejects.toThrow('the source broke');
    expect(await files().countDocuments({ 'metadata.run_id': run })).toBe(0);
    await expect.poll(() => chunks().countDocuments()).toBe(before);
  });

  it('opens with an older key, and says so when it is gone', async () => {
    const run = newRunId();
    const { artifact_id } = await store().put(tenant, run, 1, bytesOf('old'));
    const newer = { id: 'k2', key: Buffer.alloc(32, 2) };
    expect((await buffer(await store({ keys: [newer, key] }).open(tenant, run, artifact_id))).toString()).toBe('old');
    await expect(store({ keys: [newer] }).open(tenant, run, artifact_id)).rejects.toMatchObject({ code: 'ARTIFACT_KEY_MISSING' });
    expect(() => store({ keys: [{ id: 'short', key: Buffer.alloc(16) }] })).toThrow(/no usable key/);
  });

  it('sweeps old files with their chunks, and chunks without a file, but nothing that is new', async () => {
    const [old, fresh] = [newRunId(), newRunId()];
    const aged = await store().put(tenant, old, 1, bytesOf(noise));
    const kept = await store().put(tenant, fresh, 1, bytesOf(noise));
    const { _id: before, ...file } = (await files().findOneAndDelete({ filename: aged.artifact_id })) as WithId<Document>;
    const longAgo = ObjectId.createFromTime(Date.parse('2026-01-01T00:00:00Z') / 1_000);
    await files().insertOne({ _id: longAgo, ...file });
    await chunks().updateMany({ files_id: before }, { $set: { files_id: longAgo } });
    expect((await read(old, aged.artifact_id)).equals(noise)).toBe(true);
    const lost = await store().put(tenant, runId('lost'), 1, bytesOf(noise));
    await files().deleteOne({ filename: lost.artifact_id });

    expect(await store().sweep(new Date('2026-02-01T00:00:00Z'))).toBe(1);
    await expect(read(old, aged.artifact_id)).rejects.toMatchObject({ name: 'NotFoundError' });
    expect(await chunks().countDocuments({ files_id: longAgo })).toBe(0);
    expect((await read(fresh, kept.artifact_id)).equals(noise)).toBe(true);
    // The chunks that lost their file are too young to be told from an upload under way.
    const orphaned = async (): Promise<number> => {
      const owners = await files().distinct('_id');
      return chunks().countDocuments({ files_id: { $nin: owners } });
    };
    expect(await orphaned()).toBeGreaterThan(0);
    await store().sweep(new Date(Date.now() + 5_000));
    expect(await orphaned()).toBe(0);
    expect(await files().countDocuments()).toBe(0);
  });

  it('removes one artifact of one run', async () => {
    const run = newRunId();
    const { artifact_id } = await store().put(tenant, run, 1, bytesOf('x'));
    await store().remove(tenantId('t-other'), run, artifact_id);
    expect((await read(run, artifact_id)).toString()).toBe('x');
    await store().remove(tenant, run, artifact_id);
    await expect(read(run, artifact_id)).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});
