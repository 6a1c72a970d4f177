import { scheduleInWords } from '../../domain/tenancy/schedule.ts';
import {
  type ConnectorInstance,
  CREDENTIAL_PROVIDERS,
  type ScanScope,
  type ScopeSchedule,
  type Tenant,
} from '../../domain/tenancy/types.ts';
import type { Versioned } from '../../storage/ports/instances.ts';
import { time, z } from './common.ts';
import { scheduleSchema } from './tenancy-input.ts';

export const tenantSchema = z
  .strictObject({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    kind: z.enum(['demo', 'real']),
    status: z.enum(['active', 'suspended', 'offboarded']),
    created_at: time,
    version: z.int(),
  })
  .openapi('Tenant');

export const tenantResource = (tenant: Versioned<Tenant>) => ({
  id: tenant._id as string,
  slug: tenant.slug,
  name: tenant.name,
  kind: tenant.kind,
  status: tenant.status,
  created_at: tenant.created_at.toISOString(),
  version: tenant.version,
});

export const instanceSchema = z
  .strictObject({
    id: z.string(),
    tenant_id: z.string(),
    connector: z.string(),
    name: z.string(),
    source_tenant: z.string(),
    credentials_ref: z.strictObject({ provider: z.enum(CREDENTIAL_PROVIDERS), ref: z.string() }),
    config: z.record(z.string(), z.unknown()),
    status: z.enum(['active', 'disabled']),
    created_at: time,
    version: z.int(),
  })
  .openapi('ConnectorInstance');

export const instanceResource = (instance: Versioned<ConnectorInstance>) => ({
  id: instance._id as string,
  tenant_id: instance.tenant_id as string,
  connector: instance.connector,
  name: instance.name,
  source_tenant: instance.source_tenant,
  credentials_ref: { provider: instance.credentials_ref.provider, ref: instance.credentials_ref.ref },
  config: plain(instance.config),
  status: instance.status,
  created_at: instance.created_at.toISOString(),
  version: instance.version,
});

export const scopeSchema = z
  .strictObject({
    id: z.string(),
    tenant_id: z.string(),
    instance_id: z.string().nullable(),
    kind: z.enum(['scan', 'ingest', 'gate']),
    name: z.string(),
    categories: z.array(z.string()).readonly(),
    params: z.record(z.string(), z.unknown()),
    budget: z.strictObject({ max_runtime_seconds: z.number() }),
    cooldown_seconds: z.number(),
    /** Null when none is running. */
    cooldown_until: time.nullable(),
    in_flight: z.strictObject({ run_id: z.string(), workflow_id: z.string() }).nullable(),
    generation: z.int(),
    last_claimed_at: time.nullable(),
    schedule_id: z.string().nullable(),
    schedule: z.union([scheduleSchema, z.null()]),
    /** For people; null without a schedule. */
    schedule_in_words: z.string().nullable(),
    paused: z.strictObject({ note: z.string(), by: z.string(), at: time }).nullable(),
    status: z.enum(['active', 'disabled']),
    created_at: time,
    version: z.int(),
  })
  .openapi('ScanScope');

export const scopeResource = (scope: Versioned<ScanScope>) => ({
  id: scope._id as string,
  tenant_id: scope.tenant_id as string,
  instance_id: scope.instance_id as string | null,
  kind: scope.kind,
  name: scope.name,
  categories: scope.categories,
  params: plain(scope.params),
  budget: { max_runtime_seconds: scope.budget.max_runtime_seconds },
  cooldown_seconds: scope.cooldown_seconds,
  cooldown_until: scope.cooldown_until.getTime() === 0 ? null : scope.cooldown_until.toISOString(),
  in_flight: scope.in_flight === null ? null : { run_id: scope.in_flight.run as string, workflow_id: scope.in_flight.workflow_id },
  generation: scope.generation,
  last_claimed_at: scope.last_claimed_at?.toISOString() ?? null,
  schedule_id: scope.schedule_id,
  schedule: scope.schedule ?? null,
  schedule_in_words: (scope.schedule ?? null) === null ? null : scheduleInWords(scope.schedule as ScopeSchedule),
  paused:
    (scope.paused ?? null) === null || scope.paused === null
      ? null
      : { note: scope.paused.note, by: scope.paused.by, at: scope.paused.at.toISOString() },
  status: scope.status,
  created_at: scope.created_at.toISOString(),
  version: scope.version,
});

/** Settings are flat scalars and arrays (domain/connectors/manifest.ts); the answer's type wants to know that. */
const plain = (settings: Readonly<Record<string, unknown>>): Record<string, never> => settings as Record<string, never>;
