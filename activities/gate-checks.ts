/** What is asked before a gate begins: its input, and that every worker builds as expected (GATE-01, GATE-06). Nothing is written here. */
import { ConflictError, InvalidInputError } from '../domain/errors.ts';
import { BUILDER_VERSION, GATE_STAGE_NAMES, type GateStage, isGateStage } from '../domain/gate/stages.ts';
import { tenantId, type TenantId } from '../domain/ids.ts';
import type { TenantRepository } from '../storage/ports/index.ts';

/** Tenants named one by one come in the workflow's input, which must stay small. */
export const MAX_NAMED_TENANTS = 1_000;

/** The builder versions of the workers that serve the pipeline's queue now, as they say themselves; sorted, each once. */
export interface WorkerVersions {
  list(): Promise<readonly string[]>;
}

/** In pipeline order, each once. @throws InvalidInputError at `stages` */
export function checkedStages(names: readonly string[]): readonly GateStage[] {
  const unknown = names.filter((name) => !isGateStage(name));
  if (names.length === 0 || unknown.length > 0) throw invalid('stages', GATE_STAGE_NAMES.join(', '));
  return GATE_STAGE_NAMES.filter((stage) => names.includes(stage));
}

/** Sorted, each once. @throws InvalidInputError naming every one that is not an active tenant */
export async function activeTenants(tenants: Pick<TenantRepository, 'find'>, named: readonly TenantId[]): Promise<readonly TenantId[]> {
  if (named.length === 0 || named.length > MAX_NAMED_TENANTS)
    throw invalid('tenants', `1 to ${MAX_NAMED_TENANTS} tenants, or none at all for every active one`);
  const ids = [...new Set(named.map((id) => tenantId(id)))].sort();
  const problems = [];
  for (const id of ids) {
    const tenant = await tenants.find(id);
    if (tenant?.status !== 'active')
      problems.push({ field: `tenants[${id}]`, expected: tenant === null ? 'a tenant that exists' : 'an active tenant' });
  }
  if (problems.length > 0) throw new InvalidInputError(list(problems), { code: 'TENANT_NOT_ACTIVE', problems });
  return ids;
}

/**
 * GATE-06: any worker of the queue may get a tenant's pass, not only the one that is asked here.
 * @param expected null does not ask
 * @throws ConflictError `BUILDER_VERSION_MISMATCH`
 */
export async function sameVersionEverywhere(workers: WorkerVersions, expected: string | null, own: string | null = null): Promise<void> {
  if (expected === null) return;
  const running = own === null ? await workers.list() : [own, ...(await workers.list())];
  const other = running.find((version) => version !== expected);
  if (other === undefined) return;
  throw new ConflictError(`a worker still runs ${other}, which is not the version that was expected`, {
    code: 'BUILDER_VERSION_MISMATCH',
    actor: 'operator',
    field: 'expect_builder_version',
    expected: 'the version of every worker that serves the pipeline queue',
  });
}

/** For an activity: the worker that runs it counts, whatever the server has heard of it. */
export const sameVersionHere = (workers: WorkerVersions, expected: string | null): Promise<void> =>
  sameVersionEverywhere(workers, expected, BUILDER_VERSION);

const invalid = (field: string, expected: string): InvalidInputError =>
  new InvalidInputError(list([{ field, expected }]), { code: 'INVALID_GATE', field, expected });

/** The message is all that reaches the starter through Temporal. */
const list = (problems: readonly { readonly field: string; readonly expected: string }[]): string =>
  problems
    .slice(0, 20)
    .map(({ field, expected }) => `${field}: expected ${expected}`)
    .join('; ');
