/** Artifacts in GridFS: counted and hashed, compressed, sealed, streamed. */
import { createHash } from 'node:crypto';
import { type Duplex, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type Db, GridFSBucket, type GridFSFile, MongoGridFSChunkError, ObjectId } from 'mongodb';
import { InvalidInputError, isDomainError, NotFoundError, PersistentError } from '../../domain/errors.ts';
import { runId, type RunId, type TenantId } from '../../domain/ids.ts';
import { mapMongoError, mappingErrors } from '../mongo/errors.ts';
import { instant, ownTenant, text, whole } from '../mongo/guards.ts';
import type { ArtifactStore, StoredArtifact } from '../ports/artifacts.ts';
import { corrupt, sealing, unsealing } from './seal.ts';

export interface ArtifactKey {
  /** Written beside the file, so that an older key can still be found. */
  readonly id: string;
  /** 32 bytes; kept elsewhere than the database. */
  readonly key: Uint8Array;
}

export interface ArtifactStoreSettings {
  /** The first one seals; all of them open. */
  readonly keys: readonly ArtifactKey[];
  /** Plain bytes of one artifact. Default 512 MiB. */
  readonly maxBytes?: number;
}

interface ArtifactMetadata {
  readonly tenant_id: TenantId;
  readonly run_id: RunId;
  readonly attempt: number;
  readonly key_id: string;
  /** Set when the upload is over: a file without them was never finished. */
  readonly digest?: string;
  readonly bytes?: number;
}

type ArtifactFile = Omit<GridFSFile, 'metadata'> & { readonly metadata: ArtifactMetadata };

const BUCKET = 'artifacts';
const CHUNK = 1024 * 1024;
const MAX_BYTES = 512 * 1024 * 1024;

export function createArtifactStore(db: Db, { keys, maxBytes = MAX_BYTES }: ArtifactStoreSettings): ArtifactStore {
  const [first] = keys;
  if (first === undefined || keys.some(({ key }) => key.byteLength !== 32)) {
    throw new PersistentError('the artifact store has no usable key', {
      code: 'ARTIFACT_KEY_INVALID',
      actor: 'operator',
      expected: 'one or more keys of 32 bytes',
    });
  }
  const sealer: ArtifactKey = first;
  const bucket = new GridFSBucket(db, { bucketName: BUCKET, chunkSizeBytes: CHUNK });
  const files = db.collection<ArtifactFile>(`${BUCKET}.files`);
  const chunks = db.collection<{ _id: ObjectId; files_id: ObjectId }>(`${BUCKET}.chunks`);

  const removeFiles = async (filter: object): Promise<number> => {
    const rows = await files.find(filter, { projection: { _id: 1 } }).toArray();
    // The file's row goes first: a removal that dies leaves chunks without an owner, which the sweep finds.
    for (const { _id } of rows) await bucket.delete(_id).catch(ignoreMissing);
    return rows.length;
  };

  async function put(
    tenant: TenantId,
    run: RunId,
    attempt: number,
    content: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<StoredArtifact> {
    const facts = { tenant_id: ownTenant(tenant), run_id: runId(run), attempt: whole('attempt', attempt), key_id: sealer.id };
    const upload_id = new ObjectId();
    const artifact_id = `${facts.run_id}/${facts.attempt}-${upload_id.toHexString()}`;
    const meter = createMeter(maxBytes);
    const upload = bucket.openUploadStreamWithId(upload_id, artifact_id, { metadata: facts });
    try {
      const seal = sealing({ key: sealer.key, bound: [facts.tenant_id, facts.run_id, artifact_id] });
      await pipeline(
        [Readable.from(content, { objectMode: false }), meter.stream, createGzip({ level: 1 }), seal, upload],
        signal === undefined ? {} : { signal },
      );
    } catch (error) {
      await chunks.deleteMany({ files_id: upload.id }).catch(() => undefined);
      throw error;
    }
    const stored = { bytes: meter.bytes(), digest: meter.digest() };
    await files.updateOne({ _id: upload.id }, { $set: { 'metadata.bytes': stored.bytes, 'metadata.digest': stored.digest } });
    return { artifact_id, ...stored };
  }

  async function open(tenant: TenantId, run: RunId, artifact: string): Promise<Readable> {
    const owner = { 'metadata.tenant_id': ownTenant(tenant), 'metadata.run_id': runId(run) };
    const file = await files.findOne(
      { filename: text('artifact', artifact), ...owner, 'metadata.digest': { $exists: true } },
      { sort: { uploadDate: -1 } },
    );
    if (file === null) throw new NotFoundError('artifact', artifact);
    const { key_id, digest = '', bytes = 0 } = file.metadata;
    const key = keys.find(({ id }) => id === key_id)?.key;
    if (key === undefined)
      throw new PersistentError('the key of this artifact is not configured', {
        code: 'ARTIFACT_KEY_MISSING',
        actor: 'operator',
        subject: artifact,
      });
    const parts: Duplex[] = [
      unsealing({ key, bound: [owner['metadata.tenant_id'], owner['metadata.run_id'], artifact] }),
      createGunzip(),
      createVerifier(digest, bytes),
    ];
    return Readable.from(plainContent(bucket.openDownloadStream(file._id), parts), { objectMode: false });
  }

  return mappingErrors<ArtifactStore>('artifacts', {
    put,
    open,
    async remove(tenant, run, artifact) {
      await removeFiles({ filename: text('artifact', artifact), 'metadata.tenant_id': ownTenant(tenant), 'metadata.run_id': runId(run) });
    },
    async sweep(before) {
      // Ids begin with the time at which they were made: a range of `_id`, where a condition on the upload's date would read every file.
      const old = { _id: { $lt: ObjectId.createFromTime(Math.floor(instant('before', before).getTime() / 1000)) } };
      const removed = await removeFiles(old);
      // Chunks are written before their file's row: only old ones are known to have lost it, not those of an upload that is under way.
      const owners = await chunks.aggregate<{ _id: ObjectId }>([{ $match: old }, { $group: { _id: '$files_id' } }]).toArray();
      for (const { _id } of owners) {
        if ((await files.findOne({ _id }, { projection: { _id: 1 } })) === null) await chunks.deleteMany({ files_id: _id });
      }
      return removed;
    },
  });
}

/** Two sweeps, or a sweep and a removal, met at one file. */
function ignoreMissing(error: unknown): void {
  if (error instanceof Error && error.message.startsWith('File not found')) return;
  throw error;
}

function createMeter(most: number): { readonly stream: Transform; bytes(): number; digest(): string } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes > most) {
        done(
          new InvalidInputError('the artifact is too large', {
            code: 'ARTIFACT_TOO_LARGE',
            actor: 'engineer',
            field: '$',
            expected: `at most ${most} bytes`,
          }),
        );
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, bytes: () => bytes, digest: () => hash.digest('hex') };
}

function createVerifier(digest: string, bytes: number): Transform {
  const meter = createHash('sha256');
  let count = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count += chunk.byteLength;
      meter.update(chunk);
      done(count > bytes ? corrupt() : null, chunk);
    },
    flush(done) {
      done(count === bytes && meter.digest('hex') === digest ? null : corrupt());
    },
  });
}

async function* plainContent(source: Readable, parts: readonly Duplex[]): AsyncGenerator<Uint8Array, void> {
  const last = parts.at(-1) as Duplex;
  const flow = pipeline([source, ...parts]);
  // Whoever reads the last part sees the failure there; here it would only be unhandled.
  flow.catch(() => undefined);
  try {
    yield* last as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw isDomainError(error) ? error : mapContentError(error);
  } finally {
    source.destroy();
  }
}

function mapContentError(error: unknown): unknown {
  if (error instanceof MongoGridFSChunkError) return corrupt();
  const mapped = mapMongoError(error, 'artifacts.open');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return isDomainError(mapped) || !code.startsWith('Z_') ? mapped : corrupt();
}
