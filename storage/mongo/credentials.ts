import type { CredentialState, SealedCredential, StoredCredentialRepository } from '../ports/credentials.ts';
import { STORED_STATES } from '../../domain/credentials/stored.ts';
import { type InstanceId, instanceId, type TenantId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import { isDuplicateKey, mappingErrors, upserting } from './errors.ts';
import { instant, oneOf, ownTenant, text, texts, whole } from './guards.ts';

/** Tenant ids have no `/`, so the keys of two connections never meet. */
const stateKey = (tenant: TenantId, instance: InstanceId): string => `${ownTenant(tenant)}/${instanceId(instance)}`;
const rowKey = (tenant: TenantId, instance: InstanceId, version: number): string =>
  `${stateKey(tenant, instance)}/${whole('version', version)}`;

const WITHOUT_ID = { projection: { _id: 0 } } as const;

type CredentialCollections = Pick<Collections, 'storedCredentials' | 'credentialStates'>;

export function createStoredCredentialRepository({
  storedCredentials,
  credentialStates,
}: CredentialCollections): StoredCredentialRepository {
  const dropRows = async (tenant: TenantId, instance: InstanceId, below: number): Promise<void> => {
    // The data keys go first: a row that outlives a crash between the two is noise.
    const rows = { tenant_id: ownTenant(tenant), instance_id: instanceId(instance), version: { $lt: below } };
    await storedCredentials.updateMany(rows, { $set: { data_key: null } });
    await storedCredentials.deleteMany(rows);
  };

  return mappingErrors<StoredCredentialRepository>('credentials', {
    state: async (tenant, instance) => credentialStates.findOne<CredentialState>({ _id: stateKey(tenant, instance) }, WITHOUT_ID),

    listStates: async (tenant) =>
      credentialStates.find<CredentialState>({ tenant_id: ownTenant(tenant) }, { ...WITHOUT_ID, sort: { instance_id: 1 } }).toArray(),

    sealed: async (tenant, instance, version) =>
      storedCredentials.findOne<SealedCredential>({ _id: rowKey(tenant, instance, version) }, WITHOUT_ID),

    async issueVersion(tenant, instance, now) {
      const key = { _id: stateKey(tenant, instance) };
      const first = {
        tenant_id: tenant,
        instance_id: instance,
        active: 0,
        state: 'none',
        kind: null,
        field_names: [],
        changed_at: instant('now', now),
      } as const;
      const row = await upserting(() =>
        credentialStates.findOneAndUpdate(key, { $inc: { issued: 1 }, $setOnInsert: first }, { upsert: true, returnDocument: 'after' }),
      );
      return row?.issued ?? 1;
    },

    async insert(row) {
      try {
        await storedCredentials.insertOne({ _id: rowKey(row.tenant_id, row.instance_id, row.version), ...row });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async activate(tenant, instance, { version, kind, field_names, now }) {
      const { modifiedCount } = await credentialStates.updateOne(
        { _id: stateKey(tenant, instance), active: { $lt: whole('version', version) }, issued: { $gte: version } },
        {
          $set: {
            active: version,
            state: 'active',
            kind: text('kind', kind),
            field_names: texts('field_names', field_names),
            changed_at: instant('now', now),
          },
        },
      );
      if (modifiedCount === 1) await dropRows(tenant, instance, version);
      else await storedCredentials.deleteOne({ _id: rowKey(tenant, instance, version) });
      return modifiedCount === 1;
    },

    async move(tenant, instance, from, to, now) {
      const allowed = from.map((state) => oneOf('from', state, STORED_STATES));
      const state = oneOf('to', to, STORED_STATES);
      // Every version that was issued is passed: the row of a put under way goes too, so it must not count afterwards.
      const passed = state === 'active' ? {} : { active: '$issued' };
      const moved = await credentialStates.findOneAndUpdate(
        { _id: stateKey(tenant, instance), state: { $in: allowed } },
        [{ $set: { state: { $literal: state }, changed_at: instant('now', now), ...passed } }],
        { returnDocument: 'after' },
      );
      if (moved === null) return null;
      if (state !== 'active') await dropRows(tenant, instance, moved.issued + 1);
      const { _id, ...after } = moved;
      return after;
    },

    async destroyTenant(tenant, now) {
      const mine = { tenant_id: ownTenant(tenant) };
      const { modifiedCount } = await credentialStates.updateMany(
        { ...mine, state: { $in: ['active', 'revoked'] } },
        { $set: { state: 'deleted', changed_at: instant('now', now) } },
      );
      await storedCredentials.updateMany(mine, { $set: { data_key: null } });
      await storedCredentials.deleteMany(mine);
      return modifiedCount;
    },

    async *listWrappedOtherwise(kekId) {
      yield* storedCredentials.find<SealedCredential>(
        { data_key: { $ne: null }, 'data_key.kek_id': { $ne: text('kek_id', kekId) } },
        { ...WITHOUT_ID, sort: { _id: 1 } },
      );
    },

    async rewrap(row, next) {
      const { modifiedCount } = await storedCredentials.updateOne(
        {
          _id: rowKey(row.tenant_id, row.instance_id, row.version),
          'data_key.kek_id': text('kek_id', row.data_key?.kek_id),
          'data_key.wrapped': row.data_key?.wrapped ?? '',
        },
        { $set: { data_key: { kek_id: text('kek_id', next.kek_id), wrapped: next.wrapped } } },
      );
      return modifiedCount === 1;
    },
  });
}
