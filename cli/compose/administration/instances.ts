import type { EditOf, InstanceAdmin } from '../../../api/administration.ts';
import { digestOf } from '../../../domain/canonical.ts';
import { ConflictError, NotFoundError } from '../../../domain/errors.ts';
import { ingestScopeId, instanceId, type InstanceId, type TenantId } from '../../../domain/ids.ts';
import type { ConnectorInstance } from '../../../domain/tenancy/types.ts';
import type { Versioned } from '../../../storage/ports/instances.ts';
import { fieldsOf } from './audited.ts';
import { endBinding } from './bindings.ts';
import { checkEnvOverlap, checkInstance, spellingAmong } from './checks.ts';
import { type AdministrationParts, mustBeAt } from './parts.ts';
import { writableTenant } from './tenants.ts';

/** @param others `seen`: the caller has held it against the tenant's other instances, all at once, so that a thousand are not read a thousand times */
export function createInstanceAdmin(parts: AdministrationParts, others: 'to-see' | 'seen' = 'to-see'): InstanceAdmin {
  const { storage, registry, credentials, audited, now } = parts;

  async function checkRefs(tenant: TenantId, candidate: Pick<ConnectorInstance, '_id' | 'connector' | 'credentials_ref'>): Promise<void> {
    const { slug } = await writableTenant(parts, tenant);
    if (others === 'seen') return;
    const rows = (await storage.instances.list(tenant)).filter(({ _id }) => _id !== candidate._id);
    checkEnvOverlap(registry, slug, [...rows, candidate]);
  }

  /** What the tenant calls this source already, or would from now on. */
  async function withSpelling<T extends Partial<Pick<ConnectorInstance, 'source_tenant'>>>(
    tenant: TenantId,
    { _id, connector }: Pick<ConnectorInstance, '_id' | 'connector'>,
    content: T,
  ): Promise<T> {
    if (content.source_tenant === undefined || others === 'seen') return content;
    const rows = await storage.instances.list(tenant);
    return { ...content, source_tenant: spellingAmong(registry, rows, { _id, connector, source_tenant: content.source_tenant }) };
  }

  async function removeRows(tenant: TenantId, id: InstanceId, by: string): Promise<void> {
    const scans = await storage.scopes.list(tenant, { kind: 'scan', instance_id: id });
    if (scans.length > 0)
      throw new ConflictError('the instance has scan scopes', { code: 'INSTANCE_IN_USE', actor: 'operator', subject: id });
    // What was ingested for it goes with it.
    if ((await storage.scopes.find(tenant, ingestScopeId(id))) !== null) await storage.scopes.remove(tenant, ingestScopeId(id));
    const { state } = await credentials.status(tenant, id);
    if (state === 'active' || state === 'revoked') await credentials.remove(tenant, id, by);
    // Else the next instance of this id would launch by a role, or take a secret by a link, that nobody gave to it.
    await storage.intake.revokeAll(tenant, now(), id);
    await endBinding(parts, tenant, id);
    await storage.instances.remove(tenant, id);
  }

  return {
    create: async (tenant, { id, ...wanted }, by) => {
      checkInstance(registry, wanted);
      await checkRefs(tenant, { _id: instanceId(id), ...wanted });
      const content = await withSpelling(tenant, { _id: id, connector: wanted.connector }, wanted);
      const present = await storage.instances.find(tenant, id);
      if (present !== null && digestOf(contentOf(present)) === digestOf(contentOf(content))) return { row: present, created: false };
      return await audited(
        { tenant, action: 'instance.created', by, subject: { instance: id, connector: content.connector } },
        async () => ({
          row: await storage.instances.create(tenant, { _id: id, ...content, status: 'active', created_at: now() }),
          created: true,
        }),
      );
    },

    edit: async (id, asked, of) => {
      const present = await instanceOf(parts, id, of);
      const edit = await withSpelling(present.tenant_id, present, asked);
      const wanted = { ...present, ...edit };
      checkInstance(registry, wanted);
      await checkRefs(present.tenant_id, wanted);
      const subject = { instance: id, fields: fieldsOf(edit) };
      return await audited({ tenant: present.tenant_id, action: 'instance.edited', by: of.by, subject }, () =>
        storage.instances.update(present.tenant_id, id, edit, of.version ?? undefined),
      );
    },

    remove: async (id, of) => {
      const present = await instanceOf(parts, id, of);
      mustBeAt('instance', present, of.version);
      await audited({ tenant: present.tenant_id, action: 'instance.removed', by: of.by, subject: { instance: id } }, () =>
        removeRows(present.tenant_id, id, of.by),
      );
    },
  };
}

/** The instance's row says whose it is; a hint is only compared (CRED-05). @throws NotFoundError */
export async function instanceOf(
  { storage }: Pick<AdministrationParts, 'storage'>,
  id: InstanceId,
  { tenant_hint }: Pick<EditOf, 'tenant_hint'>,
): Promise<Versioned<ConnectorInstance>> {
  const tenant = await storage.lookups.tenantOfInstance(id);
  if (tenant === null || (tenant_hint !== null && tenant_hint !== tenant)) throw new NotFoundError('instance', id);
  return await storage.instances.get(tenant, id);
}

const contentOf = ({
  connector,
  name,
  source_tenant,
  credentials_ref,
  config,
}: Omit<ConnectorInstance, '_id' | 'tenant_id' | 'status' | 'created_at'>) => ({
  connector,
  name,
  source_tenant,
  credentials_ref,
  config,
});
