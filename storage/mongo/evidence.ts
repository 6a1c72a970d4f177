/** Evidence packs and their blobs (DATA-08): named by digest, so that an insert that finds its row there has nothing to do. */
import { sha256 } from '../../domain/canonical.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import type { EvidenceBlob } from '../../domain/evidence/types.ts';
import type { Collections, EvidencePackDoc } from '../collections.ts';
import type { EvidenceRepository, SignedPack } from '../ports/evidence.ts';
import { batchesOf, fencedWrites, IDS_AT_ONCE } from './bulk.ts';
import { mappingErrors } from './errors.ts';
import { instant, ownTenant, text, texts, whole } from './guards.ts';

/** A pack has tens of blobs of a few kilobytes; a batch must stay far below a message's 48 MB. */
const BLOBS_AT_ONCE = 200;

export function createEvidenceRepository({
  evidencePacks,
  evidenceBlobs,
}: Pick<Collections, 'evidencePacks' | 'evidenceBlobs'>): EvidenceRepository {
  return mappingErrors<EvidenceRepository>('evidence', {
    async putBlobs(tenant, blobs) {
      const tenant_id = ownTenant(tenant);
      const unique = [...new Map(blobs.map((blob) => [checkedBlob(blob).digest, blob])).values()];
      for (const batch of batchesOf(unique, BLOBS_AT_ONCE)) {
        const ids = batch.map(({ digest }) => `${tenant_id}:${digest}`);
        const present = new Set(
          (await evidenceBlobs.find({ _id: { $in: ids }, tenant_id }, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id),
        );
        const missing = batch.filter(({ digest }) => !present.has(`${tenant_id}:${digest}`));
        // The upsert of what a twin put meanwhile changes nothing: the bytes are what the digest says.
        await fencedWrites(
          evidenceBlobs,
          missing.map(({ digest, bytes }) => {
            const doc = { _id: `${tenant_id}:${digest}`, tenant_id, digest, bytes };
            return {
              insert: doc,
              upsert: { updateOne: { filter: { _id: doc._id, tenant_id }, update: { $setOnInsert: { digest, bytes } }, upsert: true } },
            };
          }),
        );
      }
    },

    async putPacks(tenant, packs, { pass, now }) {
      const tenant_id = ownTenant(tenant);
      whole('pass', pass);
      const builtAt = instant('now', now);
      for (const batch of batchesOf(packs, IDS_AT_ONCE)) {
        await fencedWrites(
          evidencePacks,
          batch.map((pack) => ({ upsert: { updateOne: upsertOf(tenant_id, pack, pass, builtAt) } })),
        );
        // One that is there already was built again, byte for byte: it is current again if it was superseded, and else it is as it was.
        const again = {
          _id: { $in: batch.map(({ digest }) => `${tenant_id}:${digest}`) },
          tenant_id,
          superseded_at: { $ne: null },
          pass: { $lt: pass },
        };
        await evidencePacks.updateMany(again, { $set: { superseded_at: null, pass, changed_pass: pass } });
        const older = {
          tenant_id,
          finding_id: { $in: batch.map(({ manifest }) => manifest.finding_id) },
          superseded_at: null,
          pass: { $lte: pass },
        };
        await evidencePacks.updateMany(
          { ...older, _id: { $nin: batch.map(({ digest }) => `${tenant_id}:${digest}`) } },
          { $set: { superseded_at: builtAt } },
        );
      }
      return evidencePacks.countDocuments({ tenant_id, changed_pass: pass });
    },

    async currentPacks(tenant, findings) {
      const tenant_id = ownTenant(tenant);
      const current = new Set<string>();
      for (const batch of batchesOf(texts('findings', findings), IDS_AT_ONCE)) {
        const some = { tenant_id, finding_id: { $in: [...batch] }, superseded_at: null };
        const ofFinding = new Map<string, string | null>();
        for await (const { finding_id, digest } of evidencePacks.find(some, { projection: { finding_id: 1, digest: 1 } }))
          ofFinding.set(finding_id, ofFinding.has(finding_id) ? null : digest);
        for (const digest of ofFinding.values()) if (digest !== null) current.add(digest);
      }
      return current;
    },

    async getPack(tenant, digest) {
      const tenant_id = ownTenant(tenant);
      const row = await evidencePacks.findOne({ _id: `${tenant_id}:${text('digest', digest)}`, tenant_id });
      if (row === null) throw new NotFoundError('evidence pack', digest);
      return row;
    },

    findByFinding: async (tenant, finding) =>
      evidencePacks.findOne({ tenant_id: ownTenant(tenant), finding_id: text('finding', finding), superseded_at: null }),

    async getBlobs(tenant, digests) {
      const tenant_id = ownTenant(tenant);
      const wanted = [...new Set(texts('digests', digests))].sort();
      const found: EvidenceBlob[] = [];
      for (const batch of batchesOf(wanted, BLOBS_AT_ONCE)) {
        const some = { _id: { $in: batch.map((digest) => `${tenant_id}:${digest}`) }, tenant_id };
        found.push(
          ...(await evidenceBlobs
            .find(some, { projection: { _id: 0, digest: 1, bytes: 1 } })
            .sort({ _id: 1 })
            .toArray()),
        );
      }
      const missing = wanted.find((digest, index) => found[index]?.digest !== digest);
      if (missing !== undefined) throw new NotFoundError('evidence blob', missing);
      return found;
    },
  });
}

function checkedBlob(blob: EvidenceBlob): EvidenceBlob {
  if (sha256(blob.bytes) === blob.digest) return blob;
  throw new InvalidInputError('the bytes of a blob are not what its digest says', {
    code: 'BLOB_DIGEST_MISMATCH',
    actor: 'engineer',
    field: 'digest',
    expected: 'the SHA-256 of the bytes',
  });
}

/** Everything is set on insert only: a pack that is there stays as it was signed. */
function upsertOf(tenant_id: EvidencePackDoc['tenant_id'], { digest, manifest, envelope }: SignedPack, pass: number, built_at: Date) {
  const facts = { digest: text('digest', digest), finding_id: manifest.finding_id, rule_id: manifest.rule.id, manifest, envelope };
  return {
    filter: { _id: `${tenant_id}:${digest}`, tenant_id },
    update: { $setOnInsert: { ...facts, pass, changed_pass: pass, built_at, superseded_at: null } },
    upsert: true,
  };
}
