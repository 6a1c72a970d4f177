/** The file that `sv0 apply` reads: one tenant with its instances and scopes. Every problem in one message. */
import { parse } from 'yaml';
import { z } from 'zod';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { assertSlug } from '../../domain/credentials/ref.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { instanceId, scopeId, tenantId } from '../../domain/ids.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import { CREDENTIAL_PROVIDERS } from '../../domain/tenancy/types.ts';
import { checkEnvOverlap, checkInstance, checkScope } from '../compose/administration/checks.ts';

const { name, sourceTenant, budgetSeconds, cooldownSeconds } = TENANCY_LIMITS;

const scope = z.strictObject({
  id: z.string(),
  name: z.string().min(1).max(name).optional(),
  categories: z.array(z.string()).min(1),
  params: z.record(z.string(), z.unknown()).default({}),
  budget: z
    .strictObject({ max_runtime_seconds: z.int().min(budgetSeconds.min).max(budgetSeconds.max) })
    .default({ max_runtime_seconds: budgetSeconds.default }),
  cooldown_seconds: z.int().min(cooldownSeconds.min).max(cooldownSeconds.max).default(cooldownSeconds.default),
});

const instance = z.strictObject({
  id: z.string(),
  connector: z.string(),
  name: z.string().min(1).max(name).optional(),
  source_tenant: z.string().min(1).max(sourceTenant),
  credentials_ref: z.strictObject({ provider: z.enum(CREDENTIAL_PROVIDERS), ref: z.string() }),
  config: z.record(z.string(), z.unknown()).default({}),
  scopes: z.array(scope).default([]),
});

const file = z.strictObject({
  tenant: z.strictObject({
    id: z.string(),
    slug: z.string(),
    name: z.string().min(1).max(name),
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
  for (const each of value.instances) {
    const at = `instances.${each.id}`;
    instanceId(each.id);
    within(at, () => checkInstance(registry, each));
    for (const scope of each.scopes) {
      scopeId(scope.id);
      within(`${at}.scopes.${scope.id}`, () => checkScope(registry, each.connector, scope));
    }
  }
  checkEnvOverlap(
    registry,
    value.tenant.slug,
    value.instances.map((each) => ({ ...each, _id: instanceId(each.id) })),
  );
  return value;
}

/** The checks name their field within an instance or a scope; the file has several. */
function within(at: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const problems = error.problems.map(({ field, expected }) => ({ field: `${at}.${field}`, expected }));
    throw new InvalidInputError(error.message, { code: error.code, ...problems[0], problems });
  }
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
