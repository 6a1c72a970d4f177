/** `sv0 apply`: makes or updates a tenant, its connector instances and scan scopes from one file. Applying it twice changes nothing. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { declaredVariables } from '../../domain/connectors/manifest.ts';
import { assertNoEnvOverlap, envUsesOf } from '../../domain/credentials/ref.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { instanceId, scopeId, tenantId, type TenantId } from '../../domain/ids.ts';
import type { Storage } from '../compose/storage.ts';
import { type ApplyFile, readApplyFile } from './apply-file.ts';
import { openRegistry } from '../compose/registry.ts';
import { withControl } from './with-control.ts';

export function addApplyCommand(program: Command): void {
  program
    .command('apply')
    .argument('<file>', 'YAML: a tenant with its connector instances and scan scopes (README)')
    .description('make or update a tenant, its connector instances and its scan scopes')
    .action(async (path: string) => {
      const text = await readFile(path, 'utf8').catch(() => {
        throw new InvalidInputError('the file cannot be read', {
          code: 'FILE_NOT_READABLE',
          field: 'file',
          expected: 'a file that exists and may be read',
        });
      });
      const registry = await openRegistry();
      const wanted = readApplyFile(text, registry);
      await withControl(async ({ storage }) => {
        await applyTenant(storage, registry, wanted, new Date());
        const scopes = wanted.instances.reduce((sum, { scopes: each }) => sum + each.length, 0);
        process.stdout.write(`tenant ${wanted.tenant.id}: ${wanted.instances.length} instances, ${scopes} scopes\n`);
      });
    });
}

type ApplyStorage = Pick<Storage, 'tenants' | 'instances' | 'scopes'>;

/** @throws ConflictError when the slug is another tenant's */
export async function applyTenant(storage: ApplyStorage, registry: ConnectorRegistry, wanted: ApplyFile, now: Date): Promise<void> {
  const tenant = tenantId(wanted.tenant.id);
  const { slug, name, kind } = wanted.tenant;
  const existing = await storage.tenants.find(tenant);
  if (existing === null) await storage.tenants.create({ _id: tenant, slug, name, kind, created_at: now });
  else if (existing.slug !== slug || existing.kind !== kind) {
    throw new InvalidInputError('slug and kind of a tenant cannot be changed', {
      code: 'TENANT_IMMUTABLE',
      field: 'tenant',
      expected: `slug ${existing.slug}, kind ${existing.kind}`,
    });
  }
  await assertRefsApart(storage, registry, tenant, wanted);
  for (const instance of wanted.instances) await applyInstance(storage, tenant, instance, now);
}

/** The file's references beside those of the rows that it does not name: refused before an instance is written. */
async function assertRefsApart(storage: ApplyStorage, registry: ConnectorRegistry, tenant: TenantId, wanted: ApplyFile): Promise<void> {
  const named = new Set<string>(wanted.instances.map(({ id }) => id));
  const others = (await storage.instances.list(tenant)).filter(({ _id, connector }) => !named.has(_id) && registry.has(connector));
  const all = [...others, ...wanted.instances.map((instance) => ({ ...instance, _id: instanceId(instance.id) }))];
  assertNoEnvOverlap(
    wanted.tenant.slug,
    envUsesOf(all, (connector) => declaredVariables(registry.get(connector).manifest)),
  );
}

async function applyInstance(storage: ApplyStorage, tenant: TenantId, wanted: ApplyFile['instances'][number], now: Date): Promise<void> {
  const id = instanceId(wanted.id);
  const { connector, source_tenant, credentials_ref, config } = wanted;
  const content = { name: wanted.name ?? wanted.id, source_tenant, credentials_ref, config };
  const existing = await storage.instances.find(tenant, id);
  if (existing === null) await storage.instances.create(tenant, { _id: id, connector, ...content, status: 'active', created_at: now });
  else if (existing.connector !== connector) {
    throw new InvalidInputError('the connector of an instance cannot be changed', {
      code: 'INSTANCE_IMMUTABLE',
      field: `instances.${wanted.id}.connector`,
      expected: existing.connector,
    });
  } else await storage.instances.update(tenant, id, content);

  for (const scope of wanted.scopes) {
    const edit = {
      name: scope.name ?? scope.id,
      categories: scope.categories,
      params: scope.params,
      budget: scope.budget,
      cooldown_seconds: scope.cooldown_seconds,
    };
    if ((await storage.scopes.find(tenant, scopeId(scope.id))) === null) {
      await storage.scopes.create(tenant, { _id: scopeId(scope.id), instance_id: id, kind: 'scan', ...edit, created_at: now });
    } else await storage.scopes.update(tenant, scopeId(scope.id), edit);
  }
}
