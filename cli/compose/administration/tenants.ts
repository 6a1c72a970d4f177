import type { CredentialAdmin, TenantAdmin } from '../../../api/administration.ts';
import { ConflictError, NotFoundError } from '../../../domain/errors.ts';
import { assertSlug } from '../../../domain/credentials/ref.ts';
import { tenantId, type TenantId } from '../../../domain/ids.ts';
import type { Tenant } from '../../../domain/tenancy/types.ts';
import type { Versioned } from '../../../storage/ports/instances.ts';
import { fieldsOf } from './audited.ts';
import { refuseReservedTenant } from './checks.ts';
import { endTenant } from './offboarding.ts';
import type { AdministrationParts } from './parts.ts';

export interface CredentialKeys extends CredentialAdmin {
  destroyTenant(tenant: TenantId, by: string): Promise<number>;
}

export function createTenantAdmin(parts: AdministrationParts): TenantAdmin {
  const { storage, audited, now } = parts;
  return {
    create: async ({ id, slug, name, kind }, by) => {
      const tenant = tenantId(id);
      assertSlug(slug);
      refuseReservedTenant(tenant);
      const present = await storage.tenants.find(tenant);
      // The repository gives the same row for the same content, and refuses another's.
      if (present !== null)
        return { row: await storage.tenants.create({ _id: tenant, slug, name, kind, created_at: present.created_at }), created: false };
      return await audited({ tenant, action: 'tenant.created', by, subject: { slug, kind } }, async () => ({
        row: await storage.tenants.create({ _id: tenant, slug, name, kind, created_at: now() }),
        created: true,
      }));
    },

    edit: async (id, edit, { tenant_hint, version, by }) => {
      const tenant = tenantId(id);
      const present = await storage.tenants.find(tenant);
      if (present === null || (tenant_hint !== null && tenant_hint !== tenant)) throw new NotFoundError('tenant', tenant);
      const subject = { fields: fieldsOf(edit), ...(edit.status === undefined ? {} : { status: edit.status }) };
      return await audited({ tenant, action: 'tenant.edited', by, subject }, async () => {
        if (present.status === 'offboarded' && Object.keys(edit).every((field) => field === 'status') && edit.status === 'offboarded') {
          // An offboarding that died goes on.
          await endTenant(parts, tenant, by);
          return present;
        }
        const edited = await storage.tenants.edit(tenant, edit, version ?? undefined);
        if (edit.status === 'offboarded') await endTenant(parts, tenant, by);
        // Its schedules follow: none while it is suspended, all of them when it is active again.
        else if (edit.status !== undefined)
          for (const { _id } of await storage.scopes.list(tenant, { kind: 'scan' })) await parts.schedules.apply(_id);
        return edited;
      });
    },
  };
}

/** The tenant whose rows are to be written. @throws NotFoundError, ConflictError `TENANT_OFFBOARDED` */
export async function writableTenant({ storage }: Pick<AdministrationParts, 'storage'>, id: TenantId): Promise<Versioned<Tenant>> {
  const tenant = await storage.tenants.find(id);
  if (tenant === null) throw new NotFoundError('tenant', id);
  if (tenant.status === 'offboarded')
    throw new ConflictError('the tenant is offboarded, for ever', { code: 'TENANT_OFFBOARDED', actor: 'operator', subject: id });
  return tenant;
}
