/** A whole tenant from one document: everything is checked before anything is written, and only what differs is written. */
import type { Administration } from '../../../api/administration.ts';
import type { ApplyFile } from '../../../api/schemas/apply.ts';
import { digestOf } from '../../../domain/canonical.ts';
import { InvalidInputError } from '../../../domain/errors.ts';
import type { TenantId } from '../../../domain/ids.ts';
import type { ConnectorInstance, ScanScope, Tenant } from '../../../domain/tenancy/types.ts';
import type { Versioned } from '../../../storage/ports/instances.ts';
import { checkEnvOverlap, checkInstance, checkScope, refuseReservedScope, spellingAmong } from './checks.ts';
import type { AdministrationParts } from './parts.ts';

type Parts = Pick<AdministrationParts, 'storage' | 'registry'>;
type Writers = Pick<Administration, 'tenants' | 'instances' | 'scopes'>;
type WantedInstance = ApplyFile['instances'][number];

export function createApply(parts: Parts, { tenants, instances, scopes }: Writers): Administration['apply'] {
  const { storage } = parts;

  async function applyInstance(tenant: TenantId, wanted: WantedInstance, rows: Rows, by: string): Promise<number> {
    const { id, connector, credentials_ref, config } = wanted;
    const near = rows.sources.get(anyCase(wanted.source_tenant)) ?? [];
    const source_tenant = spellingAmong(parts.registry, near, { _id: id, connector, source_tenant: wanted.source_tenant });
    const content = { name: wanted.name ?? id, source_tenant, credentials_ref, config };
    const present = rows.instances.get(id);
    let written = 0;
    if (present === undefined) {
      await instances.create(tenant, { id, connector, ...content }, by);
      written += 1;
    } else if (differs(present, content)) {
      await instances.edit(id, content, { tenant_hint: tenant, version: present.version, by });
      written += 1;
    }
    for (const { id: scope, name, categories, params, budget, cooldown_seconds } of wanted.scopes) {
      const edit = { name: name ?? scope, categories: [...new Set(categories)].sort(), params, budget, cooldown_seconds };
      const row = rows.scopes.get(scope);
      if (row !== undefined && !differs(row, edit)) continue;
      if (row === undefined) await scopes.create(id, { id: scope, ...edit, schedule: null }, { tenant_hint: tenant, by });
      else await scopes.edit(scope, edit, { tenant_hint: tenant, version: row.version, by });
      written += 1;
    }
    return written;
  }

  return async (file, by) => {
    const { id, slug, name, kind } = file.tenant;
    const present = await storage.tenants.find(id);
    const rows = present === null ? NOTHING : await rowsOf(storage, id);
    check(parts.registry, file, present, rows);
    let written = 0;
    if (present === null) {
      await tenants.create({ id, slug, name, kind }, by);
      written += 1;
    } else if (present.name !== name) {
      await tenants.edit(id, { name }, { tenant_hint: id, version: present.version, by });
      written += 1;
    }
    for (const instance of file.instances) written += await applyInstance(id, instance, rows, by);
    return written;
  };
}

/** What is there, by id: read once, for a tenant may have a thousand. What somebody writes meanwhile is a stale edit. */
interface Rows {
  readonly instances: ReadonlyMap<string, Versioned<ConnectorInstance>>;
  /** Those that may read one source, by its name in any spelling. */
  readonly sources: ReadonlyMap<string, readonly ConnectorInstance[]>;
  readonly scopes: ReadonlyMap<string, Versioned<ScanScope>>;
}

const NOTHING: Rows = { instances: new Map(), sources: new Map(), scopes: new Map() };

const anyCase = (name: string): string => name.trim().toLowerCase();

async function rowsOf(storage: Parts['storage'], tenant: TenantId): Promise<Rows> {
  const [instances, scopes] = await Promise.all([storage.instances.list(tenant), storage.scopes.list(tenant)]);
  const sources = new Map<string, ConnectorInstance[]>();
  for (const row of instances) {
    const name = anyCase(row.source_tenant);
    const near = sources.get(name);
    if (near === undefined) sources.set(name, [row]);
    else near.push(row);
  }
  return { instances: new Map(instances.map((row) => [row._id, row])), sources, scopes: new Map(scopes.map((row) => [row._id, row])) };
}

/** @throws InvalidInputError with the field, in the file's own words; nothing was written */
function check(registry: Parts['registry'], { tenant, instances }: ApplyFile, present: Tenant | null, rows: Rows): void {
  for (const instance of instances) {
    const at = `instances.${instance.id}`;
    within(at, () => checkInstance(registry, instance));
    for (const scope of instance.scopes)
      within(`${at}.scopes.${scope.id}`, () => {
        refuseReservedScope(scope.id);
        checkScope(registry, instance.connector, scope);
      });
  }
  refuseTwice('instances', instances);
  refuseTwice(
    'instances.scopes',
    instances.flatMap(({ scopes }) => scopes),
  );
  if (present !== null && (present.slug !== tenant.slug || present.kind !== tenant.kind))
    throw immutable('slug and kind of a tenant', 'TENANT_IMMUTABLE', 'tenant', `slug ${present.slug}, kind ${present.kind}`);
  for (const { id, connector } of instances) {
    const row = rows.instances.get(id);
    if (row !== undefined && row.connector !== connector)
      throw immutable('the connector of an instance', 'INSTANCE_IMMUTABLE', `instances.${id}.connector`, row.connector);
  }
  for (const { id, scopes } of instances) {
    const moved = scopes.find((scope) => (rows.scopes.get(scope.id)?.instance_id ?? id) !== id);
    if (moved !== undefined)
      throw immutable(
        'the instance of a scope',
        'SCOPE_IMMUTABLE',
        `instances.${id}.scopes.${moved.id}`,
        `in ${rows.scopes.get(moved.id)?.instance_id}`,
      );
  }
  // The file's references beside those of the rows that it does not name.
  const named = new Set<string>(instances.map(({ id }) => id));
  const wanted = instances.map((instance) => ({ ...instance, _id: instance.id }));
  checkEnvOverlap(registry, tenant.slug, [...[...rows.instances.values()].filter(({ _id }) => !named.has(_id)), ...wanted]);
}

/** Of two rows with one id the later would undo the earlier, at every apply. */
function refuseTwice(field: string, rows: readonly { readonly id: string }[]): void {
  const seen = new Set<string>();
  for (const { id } of rows) {
    if (seen.has(id)) throw new InvalidInputError('an id is there twice', { code: 'ID_TWICE', field: `${field}.${id}`, expected: 'once' });
    seen.add(id);
  }
}

/** The checks name their field within an instance or a scope; the file has several. */
function within(at: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const problems = error.problems.map(({ field, expected }) => ({ field: `${at}.${field}`, expected }));
    throw new InvalidInputError(error.message, { code: error.code, ...problems[0], problems });
  }
}

const immutable = (what: string, code: string, field: string, expected: string): InvalidInputError =>
  new InvalidInputError(`${what} cannot be changed`, { code, field, expected });

function differs<T extends object>(row: T, wanted: Partial<T>): boolean {
  const held = Object.fromEntries(Object.keys(wanted).map((field) => [field, row[field as keyof T]]));
  return digestOf(held) !== digestOf(wanted);
}
