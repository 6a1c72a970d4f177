import { ConflictError, NotFoundError } from '../../domain/errors.ts';
import { type InstanceId, instanceId, type TenantId } from '../../domain/ids.ts';
import type { ConnectorInstance } from '../../domain/tenancy/types.ts';
import type { Collections } from '../collections.ts';
import type { InstanceEdit, InstanceRepository, Versioned } from '../ports/instances.ts';
import { editVersioned, insertVersioned } from './edits.ts';
import { mappingErrors } from './errors.ts';
import { ownTenant, text } from './guards.ts';

const EDITABLE = ['name', 'source_tenant', 'credentials_ref', 'config', 'status'] as const satisfies readonly (keyof InstanceEdit)[];

type InstanceCollections = Pick<Collections, 'connectorInstances' | 'scanScopes'>;

export function createInstanceRepository({ connectorInstances, scanScopes }: InstanceCollections): InstanceRepository {
  const find = (tenant: TenantId, id: InstanceId): Promise<Versioned<ConnectorInstance> | null> =>
    connectorInstances.findOne({ _id: instanceId(id), tenant_id: ownTenant(tenant) });

  return mappingErrors<InstanceRepository>('instances', {
    find,

    async create(tenant, instance) {
      const row = { ...instance, _id: instanceId(instance._id), tenant_id: ownTenant(tenant), version: 1 };
      return insertVersioned(connectorInstances, row, 'instance');
    },

    async get(tenant, id) {
      const row = await find(tenant, id);
      if (row === null) throw new NotFoundError('instance', id);
      return row;
    },

    async list(tenant, filter = {}) {
      const query = {
        tenant_id: ownTenant(tenant),
        ...(filter.connector === undefined ? {} : { connector: text('connector', filter.connector) }),
      };
      return connectorInstances.find(query).sort({ _id: 1 }).toArray();
    },

    async update(tenant, id, edit, version) {
      const row = { tenant: ownTenant(tenant), id: instanceId(id), ...(version === undefined ? {} : { version }) };
      return editVersioned(connectorInstances, row, edit, EDITABLE, 'instance');
    },

    async remove(tenant, id) {
      const mine = { _id: instanceId(id), tenant_id: ownTenant(tenant) };
      const scope = await scanScopes.findOne({ tenant_id: mine.tenant_id, instance_id: mine._id }, { projection: { _id: 1 } });
      if (scope !== null) {
        throw new ConflictError('a scope still reads this instance', {
          code: 'INSTANCE_IN_USE',
          actor: 'operator',
          subject: id,
          holder: scope._id,
        });
      }
      const { deletedCount } = await connectorInstances.deleteOne(mine);
      if (deletedCount === 0) throw new NotFoundError('instance', id);
    },
  });
}
