import type { Readable } from 'node:stream';
import type { RunId, TenantId } from '../../domain/ids.ts';

export interface StoredArtifact {
  /** `<run id>/<attempt>-<of this upload alone>`: what another try puts meanwhile is another artifact; only the one in the accepted result is read. */
  readonly artifact_id: string;
  /** Of the plain content. */
  readonly bytes: number;
  /** Lower-case hex SHA-256 of the plain content. */
  readonly digest: string;
}

/** Claim check (architecture decision 4): graphs between activities, compressed, sealed, streamed. */
export interface ArtifactStore {
  /** The same (run, attempt) again is another artifact. @throws InvalidInputError `ARTIFACT_TOO_LARGE`; nothing is kept then */
  put(tenant: TenantId, run: RunId, attempt: number, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<StoredArtifact>;
  /**
   * The plain content. The digest is checked at the end: a stream that ended without error was intact; nothing of it may be acted on before.
   * @throws NotFoundError also for another tenant's or run's; the stream fails with PersistentError `ARTIFACT_CORRUPT`
   */
  open(tenant: TenantId, run: RunId, artifact: string): Promise<Readable>;
  remove(tenant: TenantId, run: RunId, artifact: string): Promise<void>;
  /** Deletes files older than `before` with their chunks, and chunks that no file owns. Gives the number of files. */
  sweep(before: Date): Promise<number>;
}
