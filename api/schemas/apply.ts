/** What `POST /api/v1/apply` and the file of `sv0 apply` say: one tenant with its instances and scopes. */
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import { instanceIdSchema, scopeIdSchema, tenantIdSchema, z } from './common.ts';
import { credentialsRef } from './tenancy-input.ts';

const { name, sourceTenant, budgetSeconds, cooldownSeconds } = TENANCY_LIMITS;

const scope = z.strictObject({
  id: scopeIdSchema,
  name: z.string().min(1).max(name).optional(),
  categories: z.array(z.string().min(1).max(64)).min(1).max(200),
  params: z.record(z.string(), z.unknown()).default({}),
  budget: z
    .strictObject({ max_runtime_seconds: z.int().min(budgetSeconds.min).max(budgetSeconds.max) })
    .default({ max_runtime_seconds: budgetSeconds.default }),
  cooldown_seconds: z.int().min(cooldownSeconds.min).max(cooldownSeconds.max).default(cooldownSeconds.default),
});

const instance = z.strictObject({
  id: instanceIdSchema,
  connector: z.string().min(1).max(64),
  name: z.string().min(1).max(name).optional(),
  source_tenant: z.string().min(1).max(sourceTenant),
  credentials_ref: credentialsRef,
  config: z.record(z.string(), z.unknown()).default({}),
  scopes: z.array(scope).max(1_000).default([]),
});

export const applyFileSchema = z
  .strictObject({
    tenant: z.strictObject({
      id: tenantIdSchema,
      slug: z.string().regex(/^[A-Z0-9]{1,32}$/, '1 to 32 of A-Z and 0-9'),
      name: z.string().min(1).max(name),
      kind: z.enum(['demo', 'real']).default('real'),
    }),
    instances: z.array(instance).max(1_000).default([]),
  })
  .openapi('ApplyFile');

export type ApplyFile = z.output<typeof applyFileSchema>;
