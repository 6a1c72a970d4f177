/**
 * Branded identifiers. A `TenantId` can only be made by `tenantId()`, which refuses anything but a well-formed one,
 * so that a missing tenant is an error and never "all tenants" (API-05). Pure: workflows import this file.
 */
import { InvalidInputError } from './errors.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Branded<'TenantId'>;
export type InstanceId = Branded<'InstanceId'>;
export type ScopeId = Branded<'ScopeId'>;
/** A run's id is its workflow's `firstExecutionRunId` (a UUID), so whoever starts it knows it at once. */
export type RunId = Branded<'RunId'>;

export const ROW_ID = /^[a-z0-9](?:[a-z0-9_.:-]{0,126}[a-z0-9])?$/;

function rowId<T extends string>(field: string, value: unknown): T {
  if (typeof value !== 'string' || !ROW_ID.test(value)) {
    throw new InvalidInputError(`${field} is not a valid id`, {
      code: 'INVALID_ID',
      field,
      expected: '1 to 128 of a-z, 0-9, "_", ".", ":", "-", beginning and ending with a letter or a digit',
    });
  }
  return value as T;
}

export const tenantId = (value: unknown): TenantId => rowId<TenantId>('tenant_id', value);
export const instanceId = (value: unknown): InstanceId => rowId<InstanceId>('instance_id', value);
export const scopeId = (value: unknown): ScopeId => rowId<ScopeId>('scope_id', value);
export const runId = (value: unknown): RunId => rowId<RunId>('run_id', value);

/** Scope rows that no operator makes (RUN-13). */
export const ingestScopeId = (instance: InstanceId): ScopeId => scopeId(`ingest:${instance}`);
export const gateScopeId = (tenant: TenantId): ScopeId => scopeId(`gate:${tenant}`);

/** Artifacts of an ingest are stored before its run exists; their owner is `ingest-<uuid>` instead of a run. */
export const INGEST_OWNER = 'ingest-';
