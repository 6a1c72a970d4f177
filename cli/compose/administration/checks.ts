/** What is checked of an instance and a scope before anything is written: the same for `sv0 apply`, the API and the pages. */
import { validateInstanceConfig, validateScopeParams } from '../../../connectors/registry/parameters.ts';
import type { ConnectorRegistry } from '../../../connectors/registry/registry.ts';
import { declaredVariables } from '../../../domain/connectors/manifest.ts';
import { assertCredentialsRef, assertNoEnvOverlap, envUsesOf } from '../../../domain/credentials/ref.ts';
import { InvalidInputError } from '../../../domain/errors.ts';
import type { ScopeId, TenantId } from '../../../domain/ids.ts';
import { PLATFORM_PREFIX, RESERVED_SCOPE_PREFIXES } from '../../../domain/tenancy/limits.ts';
import { sourceTenantSpelling } from '../../../domain/tenancy/source-tenant.ts';
import type { ConnectorInstance } from '../../../domain/tenancy/types.ts';

type Registry = Pick<ConnectorRegistry, 'get' | 'has' | 'list'>;
type InstanceFacts = Pick<ConnectorInstance, 'connector' | 'credentials_ref' | 'config'>;

/** @throws InvalidInputError at `connector`, `credentials_ref.…` or `config.…` */
export function checkInstance(registry: Registry, { connector, credentials_ref, config }: InstanceFacts): void {
  if (!registry.has(connector)) {
    const kinds = registry.list().map(({ manifest }) => manifest.kind);
    throw new InvalidInputError('the connector is not known', {
      code: 'UNKNOWN_CONNECTOR',
      field: 'connector',
      expected: `one of ${kinds.join(', ')}`,
    });
  }
  assertCredentialsRef(credentials_ref);
  validateInstanceConfig(registry.get(connector).manifest, config);
}

/** @throws InvalidInputError at `categories` or `params.…` */
export function checkScope(
  registry: Registry,
  connector: string,
  { categories, params }: { readonly categories: readonly string[]; readonly params: unknown },
): void {
  validateScopeParams(registry.get(connector).manifest, params, categories);
}

/** Every instance of one tenant, those to be written included. @throws InvalidInputError `CREDENTIALS_REF_OVERLAP` */
export function checkEnvOverlap(
  registry: Registry,
  slug: string,
  instances: readonly Pick<ConnectorInstance, '_id' | 'connector' | 'credentials_ref'>[],
): void {
  // A connector that this host no longer knows reads nothing here.
  const known = instances.filter(({ connector }) => registry.has(connector));
  assertNoEnvOverlap(
    slug,
    envUsesOf(known, (connector) => declaredVariables(registry.get(connector).manifest)),
  );
}

/** The source tenant as this row, or another one of the tenant that reads the same source, has it already (`sourceTenantSpelling`). */
export function spellingAmong(
  registry: Registry,
  rows: readonly Pick<ConnectorInstance, '_id' | 'connector' | 'source_tenant'>[],
  wanted: Pick<ConnectorInstance, '_id' | 'connector' | 'source_tenant'>,
): string {
  const sourceOf = (connector: string): string => (registry.has(connector) ? registry.get(connector).manifest.source_system : connector);
  const source = sourceOf(wanted.connector);
  const same = rows.filter(({ connector }) => sourceOf(connector) === source);
  const ordered = [...same.filter(({ _id }) => _id === wanted._id), ...same.filter(({ _id }) => _id !== wanted._id)];
  return sourceTenantSpelling(
    source,
    wanted.source_tenant,
    ordered.map((row) => row.source_tenant),
  );
}

/** @throws InvalidInputError `RESERVED_ID` */
export function refuseReservedScope(id: ScopeId): void {
  if (RESERVED_SCOPE_PREFIXES.some((prefix) => id.startsWith(prefix)))
    throw reserved(`not beginning with ${RESERVED_SCOPE_PREFIXES.join(' or ')}`);
}

/** @throws InvalidInputError `RESERVED_ID` */
export function refuseReservedTenant(id: TenantId): void {
  if (id.startsWith(PLATFORM_PREFIX)) throw reserved(`not beginning with ${PLATFORM_PREFIX}`);
}

const reserved = (expected: string): InvalidInputError =>
  new InvalidInputError('this id belongs to the platform', { code: 'RESERVED_ID', field: 'id', expected });
