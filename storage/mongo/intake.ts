import type { IntakeLink } from '../../domain/credentials/intake.ts';
import { instanceId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import type { IntakeRepository } from '../ports/intake.ts';
import { mappingErrors } from './errors.ts';
import { instant, ownTenant, text, whole } from './guards.ts';

const LISTED = 200;

export function createIntakeRepository({ intakeLinks }: Pick<Collections, 'intakeLinks'>): IntakeRepository {
  const open = (id: string, now: Date) => ({ _id: text('id', id), state: 'open' as const, expires_at: { $gt: instant('now', now) } });
  const shown = ({ _id, ...link }: Omit<IntakeLink, 'id'> & { readonly _id: string }): IntakeLink => ({ id: _id, ...link });

  return mappingErrors<IntakeRepository>('intake', {
    async insert(tenant, { id, instance_id, kind, code_hash, created_by, created_at, expires_at }) {
      await intakeLinks.insertOne({
        _id: text('id', id),
        tenant_id: ownTenant(tenant),
        instance_id: instanceId(instance_id),
        kind: text('kind', kind),
        code_hash: text('code_hash', code_hash),
        state: 'open',
        attempts: 0,
        created_by: text('created_by', created_by),
        created_at: instant('created_at', created_at),
        expires_at: instant('expires_at', expires_at),
        closed_at: null,
      });
    },

    list: async (tenant) =>
      (
        await intakeLinks
          .find({ tenant_id: ownTenant(tenant) })
          .sort({ created_at: -1, _id: 1 })
          .limit(LISTED)
          .toArray()
      ).map(shown),

    async revoke(tenant, id, now) {
      const mine = { _id: text('id', id), tenant_id: ownTenant(tenant), state: 'open' as const };
      const closed = { $set: { state: 'revoked' as const, closed_at: instant('now', now) } };
      const row = await intakeLinks.findOneAndUpdate(mine, closed, { returnDocument: 'after' });
      return row === null ? null : shown(row);
    },

    async revokeAll(tenant, now, instance) {
      const one = instance === undefined ? {} : { instance_id: instanceId(instance) };
      const mine = { tenant_id: ownTenant(tenant), ...one, state: 'open' as const };
      return (await intakeLinks.updateMany(mine, { $set: { state: 'revoked', closed_at: instant('now', now) } })).modifiedCount;
    },

    async findOpen(id, now) {
      const row = await intakeLinks.findOne(open(id, now));
      return row === null ? null : shown(row);
    },

    async spend(id, most, now) {
      const left = { ...open(id, now), attempts: { $lt: whole('most', most) } };
      const row = await intakeLinks.findOneAndUpdate(left, { $inc: { attempts: 1 } }, { returnDocument: 'after' });
      return row === null ? null : shown(row);
    },

    async consume(id, now) {
      const { modifiedCount } = await intakeLinks.updateOne(open(id, now), { $set: { state: 'consumed', closed_at: now } });
      return modifiedCount === 1;
    },
  });
}
