import { BINDING_STATES, type FederationBinding } from '../../domain/federation/types.ts';
import { type InstanceId, instanceId, type TenantId } from '../../domain/ids.ts';
import type { Collections } from '../collections.ts';
import type { BindingRepository } from '../ports/bindings.ts';
import { isDuplicateKey, mappingErrors } from './errors.ts';
import { instant, oneOf, ownTenant, text, whole } from './guards.ts';

/** Tenant ids have no `/`, so the keys of two connections never meet. */
const bindingKey = (tenant: TenantId, instance: InstanceId): string => `${ownTenant(tenant)}/${instanceId(instance)}`;

const WITHOUT_ID = { projection: { _id: 0 } } as const;

type BindingCollections = Pick<Collections, 'federationBindings' | 'federationIdentifiers'>;

export function createBindingRepository({ federationBindings, federationIdentifiers }: BindingCollections): BindingRepository {
  return mappingErrors<BindingRepository>('bindings', {
    find: async (tenant, instance) => federationBindings.findOne<FederationBinding>({ _id: bindingKey(tenant, instance) }, WITHOUT_ID),

    list: async (tenant) =>
      federationBindings.find<FederationBinding>({ tenant_id: ownTenant(tenant) }, { ...WITHOUT_ID, sort: { instance_id: 1 } }).toArray(),

    async write(tenant, instance, version, content) {
      const _id = bindingKey(tenant, instance);
      const read = whole('version', version);
      const { state, provider, target, external_id, probes, created_at, changed_at, activated_at } = content;
      const row: FederationBinding = {
        tenant_id: tenant,
        instance_id: instance,
        provider,
        target,
        external_id: text('external_id', external_id),
        state: oneOf('state', state, BINDING_STATES),
        probes,
        created_at: instant('created_at', created_at),
        changed_at: instant('changed_at', changed_at),
        activated_at: activated_at === null ? null : instant('activated_at', activated_at),
        version: read + 1,
      };
      if (read > 0) {
        const { matchedCount } = await federationBindings.replaceOne({ _id, version: read }, row);
        return matchedCount === 1 ? row : null;
      }
      try {
        await federationBindings.insertOne({ _id, ...row });
        return row;
      } catch (error) {
        if (isDuplicateKey(error)) return null;
        throw error;
      }
    },

    async reserve(tenant, identifier, { proven, now }) {
      const tenant_id = ownTenant(tenant);
      const _id = text('identifier', identifier);
      try {
        await federationIdentifiers.insertOne({ _id, tenant_id, proven, reserved_at: instant('now', now) });
        return true;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const mine = { _id, tenant_id };
      if (!proven) return (await federationIdentifiers.findOne(mine, { projection: { _id: 1 } })) !== null;
      return (await federationIdentifiers.updateOne(mine, { $set: { proven: true } })).matchedCount === 1;
    },

    async holds(tenant, identifier) {
      const mine = { _id: text('identifier', identifier), tenant_id: ownTenant(tenant), proven: true };
      return (await federationIdentifiers.findOne(mine, { projection: { _id: 1 } })) !== null;
    },

    async release(tenant, identifier) {
      await federationIdentifiers.deleteOne({ _id: text('identifier', identifier), tenant_id: ownTenant(tenant), proven: false });
    },
  });
}
