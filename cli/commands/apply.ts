/** `sv0 apply`: makes or updates a tenant, its connector instances and scan scopes from one file. Applying it twice changes nothing. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { instanceId, scopeId, tenantId, type TenantId } from '../../domain/ids.ts';
import type { Administration } from '../../api/administration.ts';
import { digestOf } from '../../domain/canonical.ts';
import type { Storage } from '../compose/storage.ts';
import { type ApplyFile, readApplyFile } from './apply-file.ts';
import { checkEnvOverlap } from '../compose/administration/checks.ts';
import { loadConfig } from '../config.ts';
import { PROJECT } from '../folders.ts';
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
      const registry = await openRegistry(loadConfig(process.env, PROJECT).connectorsFile);
      const wanted = readApplyFile(text, registry);
      await withControl(async ({ storage, administration, userId }) => {
        await applyTenant({ storage, administration, registry, by: userId }, wanted);
        const scopes = wanted.instances.reduce((sum, { scopes: each }) => sum + each.length, 0);
        process.stdout.write(`tenant ${wanted.tenant.id}: ${wanted.instances.length} instances, ${scopes} scopes\n`);
      });
    });
}

interface ApplyParts {
  readonly storage: Pick<Storage, 'tenants' | 'instances' | 'scopes'>;
  readonly administration: Administration;
  readonly registry: ConnectorRegistry;
  readonly by: string;
}

/** Writes only what differs. @throws InvalidInputError, ConflictError */
async function applyTenant(parts: ApplyParts, wanted: ApplyFile): Promise<void> {
  const { storage, administration, registry, by } = parts;
  const tenant = tenantId(wanted.tenant.id);
  const { slug, name, kind } = wanted.tenant;
  const existing = await storage.tenants.find(tenant);
  if (existing === null) await administration.tenants.create({ id: tenant, slug, name, kind }, by);
  else if (existing.slug !== slug || existing.kind !== kind) {
    throw new InvalidInputError('slug and kind of a tenant cannot be changed', {
      code: 'TENANT_IMMUTABLE',
      field: 'tenant',
      expected: `slug ${existing.slug}, kind ${existing.kind}`,
    });
  } else if (existing.name !== name) {
    await administration.tenants.edit(tenant, { name }, { tenant_hint: tenant, version: existing.version, by });
  }
  // The file's references beside those of the rows that it does not name: refused before an instance is written.
  const wantedRows = wanted.instances.map((instance) => ({ ...instance, _id: instanceId(instance.id) }));
  const named = new Set(wantedRows.map(({ _id }) => _id));
  const others = (await storage.instances.list(tenant)).filter(({ _id }) => !named.has(_id));
  checkEnvOverlap(registry, slug, [...others, ...wantedRows]);
  for (const instance of wanted.instances) await applyInstance(parts, tenant, instance);
}

async function applyInstance(
  { storage, administration: { instances, scopes }, by }: ApplyParts,
  tenant: TenantId,
  wanted: ApplyFile['instances'][number],
): Promise<void> {
  const id = instanceId(wanted.id);
  const { connector, source_tenant, credentials_ref, config } = wanted;
  const content = { name: wanted.name ?? wanted.id, source_tenant, credentials_ref, config };
  const existing = await storage.instances.find(tenant, id);
  if (existing === null) await instances.create(tenant, { id, connector, ...content }, by);
  else if (existing.connector !== connector) {
    throw new InvalidInputError('the connector of an instance cannot be changed', {
      code: 'INSTANCE_IMMUTABLE',
      field: `instances.${wanted.id}.connector`,
      expected: existing.connector,
    });
  } else if (differs(existing, content)) {
    await instances.edit(id, content, { tenant_hint: tenant, version: existing.version, by });
  }

  for (const scope of wanted.scopes) {
    const edit = {
      name: scope.name ?? scope.id,
      categories: [...new Set(scope.categories)].sort(),
      params: scope.params,
      budget: scope.budget,
      cooldown_seconds: scope.cooldown_seconds,
    };
    const present = await storage.scopes.find(tenant, scopeId(scope.id));
    if (present === null) await scopes.create(id, { id: scopeId(scope.id), ...edit, schedule: null }, { tenant_hint: tenant, by });
    else if (differs(present, edit)) await scopes.edit(present._id, edit, { tenant_hint: tenant, version: present.version, by });
  }
}

function differs<T extends object>(row: T, wanted: Partial<T>): boolean {
  const held = Object.fromEntries(Object.keys(wanted).map((field) => [field, row[field as keyof T]]));
  return digestOf(held) !== digestOf(wanted);
}
