import { ConflictError, InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Tenant } from '../../domain/tenancy/types.ts';
import type { Collections, TenantDoc } from '../collections.ts';
import type { Versioned } from '../ports/instances.ts';
import type { NewTenant, TenantEdit, TenantRepository } from '../ports/tenants.ts';
import { staleEdit } from './edits.ts';
import { isDuplicateKey, mappingErrors } from './errors.ts';
import { defined, instant, oneOf, ownTenant, pageSize, text, whole } from './guards.ts';

/** No underscore: names of looked-up credentials are made of it, and must not run into each other (security.md). */
const SLUG = /^[A-Z0-9]{1,32}$/;
const STATUSES = ['active', 'suspended', 'offboarded'] as const;

export function createTenantRepository({ tenants, tenantSlugs }: Pick<Collections, 'tenants' | 'tenantSlugs'>): TenantRepository {
  const find = async (tenant: TenantId): Promise<Versioned<Tenant> | null> => {
    const row = await tenants.findOne({ _id: ownTenant(tenant) });
    return row === null ? null : versionedTenant(row);
  };

  /** The reservation comes first and is never taken back; a create that died after it goes on when it is repeated. */
  async function reserveSlug(slug: string, tenant: TenantId, now: Date): Promise<void> {
    try {
      await tenantSlugs.insertOne({ _id: slug, tenant_id: tenant, reserved_at: now });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const holder = await tenantSlugs.findOne({ _id: slug });
      if (holder?.tenant_id === tenant) return;
      throw new ConflictError('the slug is, or was, another tenant’s', {
        code: 'SLUG_TAKEN',
        actor: 'operator',
        field: 'slug',
        expected: 'a slug never used before',
      });
    }
  }

  return mappingErrors<TenantRepository>('tenants', {
    find,

    async create(input: NewTenant) {
      const tenant = checked(input);
      const present = await find(tenant._id);
      if (present === null) {
        await reserveSlug(tenant.slug, tenant._id, tenant.created_at);
        try {
          await tenants.insertOne(tenant);
          return tenant;
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
      }
      const stored = present ?? (await find(tenant._id));
      if (stored !== null && stored.slug === tenant.slug && stored.name === tenant.name && stored.kind === tenant.kind) return stored;
      throw new ConflictError('this id is taken: another tenant has it', {
        code: 'TENANT_EXISTS',
        actor: 'operator',
        field: 'id',
        expected: 'an id that nothing has yet',
        subject: tenant._id,
      });
    },

    async get(tenant) {
      const row = await find(tenant);
      if (row === null) throw new NotFoundError('tenant', tenant);
      return row;
    },

    async findBySlug(slug) {
      return tenants.findOne({ slug: text('slug', slug) });
    },

    async list(page = {}) {
      const filter = page.after === undefined ? {} : { _id: { $gt: ownTenant(page.after) } };
      return tenants
        .find(filter)
        .sort({ _id: 1 })
        .limit(pageSize(page.limit, 100, 1000))
        .toArray();
    },

    async *listActiveIds() {
      for await (const row of tenants.find({ status: 'active' }, { projection: { _id: 1 } }).sort({ _id: 1 })) yield row._id;
    },

    async setStatus(tenant, status) {
      const filter = { _id: ownTenant(tenant) };
      const row = await tenants.findOneAndUpdate(
        filter,
        { $set: { status: oneOf('status', status, STATUSES) }, $inc: { version: 1 } },
        { returnDocument: 'after' },
      );
      if (row === null) throw new NotFoundError('tenant', tenant);
      return versionedTenant(row);
    },

    async edit(tenant, edit, version) {
      const id = ownTenant(tenant);
      if (edit.status !== undefined) oneOf('status', edit.status, STATUSES);
      if (edit.name !== undefined) text('name', edit.name);
      // What is offboarded stays so: the keys of its credentials are destroyed.
      const filter = { _id: id, status: { $ne: 'offboarded' as const } };
      const at = version === undefined ? {} : { version: whole('version', version) === 0 ? { $in: [0, null] } : version };
      const changes = defined({ name: edit.name, status: edit.status });
      const edited = await tenants.findOneAndUpdate(
        { ...filter, ...at } as typeof filter,
        { $inc: { version: 1 }, ...(Object.keys(changes).length === 0 ? {} : { $set: changes as TenantEdit }) },
        { returnDocument: 'after' },
      );
      if (edited !== null) return versionedTenant(edited);
      const present = await find(id);
      if (present === null) throw new NotFoundError('tenant', id);
      if (present.status === 'offboarded')
        throw new ConflictError('the tenant is offboarded, for ever', { code: 'TENANT_OFFBOARDED', actor: 'operator', subject: id });
      throw staleEdit('tenant', id, present.version);
    },
  });
}

export const versionedTenant = (row: TenantDoc): Versioned<Tenant> => ({ ...row, version: row.version ?? 0 });

function checked(input: NewTenant): Versioned<Tenant> {
  if (typeof input.slug !== 'string' || !SLUG.test(input.slug)) {
    throw new InvalidInputError('the slug is not valid', { code: 'INVALID_SLUG', field: 'slug', expected: '1 to 32 of A-Z and 0-9' });
  }
  return {
    _id: ownTenant(input._id),
    slug: input.slug,
    name: text('name', input.name),
    kind: oneOf('kind', input.kind, ['demo', 'real']),
    status: 'active',
    created_at: instant('created_at', input.created_at),
    version: 1,
  };
}
