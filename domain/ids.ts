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

export interface IdForm {
  readonly longest: number;
  readonly pattern: RegExp;
  readonly words: string;
}

const idForm = (longest: number): IdForm => ({
  longest,
  pattern: new RegExp(`^[a-z0-9](?:[a-z0-9_.:-]{0,${longest - 2}}[a-z0-9])?$`),
  words: `1 to ${longest} of a-z, 0-9, "_", ".", ":", "-", beginning and ending with a letter or a digit`,
});

export const ROW_ID = idForm(128);
/** Of tenants and connector instances: with a prefix it is still the id of a scope. */
export const OWNER_ID = idForm(120);

function rowId<T extends string>(field: string, { pattern, words }: IdForm, value: unknown): T {
  if (typeof value !== 'string' || !pattern.test(value))
    throw new InvalidInputError(`${field} is not a valid id`, { code: 'INVALID_ID', field, expected: words });
  return value as T;
}

export const tenantId = (value: unknown): TenantId => rowId<TenantId>('tenant_id', OWNER_ID, value);
export const instanceId = (value: unknown): InstanceId => rowId<InstanceId>('instance_id', OWNER_ID, value);
export const scopeId = (value: unknown): ScopeId => rowId<ScopeId>('scope_id', ROW_ID, value);
export const runId = (value: unknown): RunId => rowId<RunId>('run_id', ROW_ID, value);

/** Scope rows that no operator makes (RUN-13). */
export const ingestScopeId = (instance: InstanceId): ScopeId => scopeId(`ingest:${instance}`);
export const gateScopeId = (tenant: TenantId): ScopeId => scopeId(`gate:${tenant}`);

/** Artifacts of an ingest are stored before its run exists; their owner is `ingest-<uuid>` instead of a run. */
export const INGEST_OWNER = 'ingest-';
