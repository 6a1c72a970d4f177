/** Bodies of creates and edits. Shapes and sizes here; what the connector's manifest says of them is the administration's to check. */
import { REF } from '../../domain/credentials/ref.ts';
import { MAX_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS } from '../../domain/tenancy/schedule.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import { CREDENTIAL_PROVIDERS } from '../../domain/tenancy/types.ts';
import { instanceIdSchema, scopeIdSchema, tenantIdSchema, z } from './common.ts';

const { budgetSeconds, cooldownSeconds, sourceTenant } = TENANCY_LIMITS;
const name = z.string().trim().min(1).max(TENANCY_LIMITS.name).openapi({ pattern: '\\S' });
const settings = z.record(z.string(), z.unknown());
const atLeastOne = (edit: object): boolean => Object.values(edit).some((value) => value !== undefined);

export const newTenantSchema = z
  .strictObject({
    id: tenantIdSchema,
    slug: z.string().regex(/^[A-Z0-9]{1,32}$/, '1 to 32 of A-Z and 0-9'),
    name,
    kind: z.enum(['demo', 'real']).default('real'),
  })
  .openapi('NewTenant');

export const tenantEditSchema = z
  .strictObject({ name: name.optional(), status: z.enum(['active', 'suspended', 'offboarded']).optional() })
  .refine(atLeastOne, 'at least one field')
  .openapi('TenantEdit', { minProperties: 1 });

export const credentialsRef = z.strictObject({
  provider: z.enum(CREDENTIAL_PROVIDERS),
  ref: z.string().min(1).max(64).openapi({ pattern: REF.source }),
});

export const newInstanceSchema = z
  .strictObject({
    id: instanceIdSchema,
    tenant_id: tenantIdSchema,
    connector: z.string().min(1).max(64),
    name,
    source_tenant: z.string().min(1).max(sourceTenant),
    credentials_ref: credentialsRef,
    config: settings.default({}),
  })
  .openapi('NewConnectorInstance');

export const instanceEditSchema = z
  .strictObject({
    name: name.optional(),
    source_tenant: z.string().min(1).max(sourceTenant).optional(),
    credentials_ref: credentialsRef.optional(),
    config: settings.optional(),
    status: z.enum(['active', 'disabled']).optional(),
  })
  .refine(atLeastOne, 'at least one field')
  .openapi('ConnectorInstanceEdit', { minProperties: 1 });

export const scheduleSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('cron'), expression: z.string().min(1).max(200), timezone: z.string().min(1).max(64).default('UTC') }),
    z.strictObject({
      kind: z.literal('interval'),
      every_seconds: z.number().openapi({ type: 'integer', minimum: MIN_INTERVAL_SECONDS, maximum: MAX_INTERVAL_SECONDS }),
    }),
  ])
  .openapi('Schedule');

const categories = z.array(z.string().min(1).max(64)).min(1).max(200);
const budget = z.strictObject({ max_runtime_seconds: z.int().min(budgetSeconds.min).max(budgetSeconds.max) });
const cooldown = z.int().min(cooldownSeconds.min).max(cooldownSeconds.max);

export const newScopeSchema = z
  .strictObject({
    id: scopeIdSchema,
    /** Its row decides the tenant. */
    instance_id: instanceIdSchema,
    name,
    categories,
    params: settings.default({}),
    budget: budget.default({ max_runtime_seconds: budgetSeconds.default }),
    cooldown_seconds: cooldown.default(cooldownSeconds.default),
    schedule: z.union([scheduleSchema, z.null()]).default(null),
  })
  .openapi('NewScanScope');

export const scopeEditSchema = z
  .strictObject({
    name: name.optional(),
    categories: categories.optional(),
    params: settings.optional(),
    budget: budget.optional(),
    cooldown_seconds: cooldown.optional(),
    status: z.enum(['active', 'disabled']).optional(),
  })
  .refine(atLeastOne, 'at least one field')
  .openapi('ScanScopeEdit', { minProperties: 1 });
