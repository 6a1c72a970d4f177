/** The file that `sv0 apply` reads: one tenant with its instances and scopes. Every problem in one message. */
import { parse } from 'yaml';
import { z } from 'zod';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { validateInstanceConfig, validateScopeParams } from '../../connectors/registry/parameters.ts';
import { declaredVariables } from '../../domain/connectors/manifest.ts';
import { assertCredentialsRef, assertNoEnvOverlap, assertSlug, envUsesOf } from '../../domain/credentials/ref.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { instanceId, scopeId, tenantId } from '../../domain/ids.ts';
import { CREDENTIAL_PROVIDERS } from '../../domain/tenancy/types.ts';

const scope = z.strictObject({
  id: z.string(),
  name: z.string().min(1).max(200).optional(),
  categories: z.array(z.string()).min(1),
  params: z.record(z.string(), z.unknown()).default({}),
  budget: z.strictObject({ max_runtime_seconds: z.int().min(10).max(86_400) }).default({ max_runtime_seconds: 1_800 }),
  cooldown_seconds: z.int().min(0).max(604_800).default(3_600),
});

const instance = z.strictObject({
  id: z.string(),
  connector: z.string(),
  name: z.string().min(1).max(200).optional(),
  source_tenant: z.string().min(1).max(256),
  credentials_ref: z.strictObject({ provider: z.enum(CREDENTIAL_PROVIDERS), ref: z.string() }),
  config: z.record(z.string(), z.unknown()).default({}),
  scopes: z.array(scope).default([]),
});

const file = z.strictObject({
  tenant: z.strictObject({
    id: z.string(),
    slug: z.string(),
    name: z.string().min(1).max(200),
    kind: z.enum(['demo', 'real']).default('real'),
  }),
  instances: z.array(instance).default([]),
});

export type ApplyFile = z.infer<typeof file>;

/** @throws InvalidInputError with the field; nothing was written */
export function readApplyFile(text: string, registry: ConnectorRegistry): ApplyFile {
  const value = parsed(text);
  tenantId(value.tenant.id);
  assertSlug(value.tenant.slug);
  for (const { id, connector, credentials_ref, config, scopes } of value.instances) {
    instanceId(id);
    if (!registry.has(connector)) {
      const kinds = registry.list().map(({ manifest }) => manifest.kind);
      throw new InvalidInputError('the connector is not known', {
        code: 'UNKNOWN_CONNECTOR',
        field: `instances.${id}.connector`,
        expected: `one of ${kinds.join(', ')}`,
      });
    }
    const { manifest } = registry.get(connector);
    assertCredentialsRef(credentials_ref);
    validateInstanceConfig(manifest, config);
    for (const each of scopes) {
      scopeId(each.id);
      validateScopeParams(manifest, each.params, each.categories);
    }
  }
  const instances = value.instances.map((it) => ({ ...it, _id: instanceId(it.id) }));
  assertNoEnvOverlap(
    value.tenant.slug,
    envUsesOf(instances, (connector) => declaredVariables(registry.get(connector).manifest)),
  );
  return value;
}

function parsed(text: string): ApplyFile {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    throw new InvalidInputError('the file is not YAML', { code: 'INVALID_APPLY_FILE', field: '$', expected: 'a YAML mapping' });
  }
  const result = file.safeParse(document);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => ({ field: issue.path.join('.') || '$', expected: issue.message }));
  throw new InvalidInputError('the file does not say what it should', { code: 'INVALID_APPLY_FILE', problems });
}
