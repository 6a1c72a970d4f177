/** `testConnection`: the child in its check mode, under the same credential seam and isolation as a run, purpose `test` (CRED-01, CRED-08). */
import { type ConnectionTest, connectionProblem, permissionVerdicts } from '../domain/connectors/connection-test.ts';
import type { ConnectorManifest } from '../domain/connectors/manifest.ts';
import type { VerifiedTenant } from '../domain/credentials/verified-tenant.ts';
import { type DomainError, isDomainError } from '../domain/errors.ts';
import type { InstanceId, TenantId } from '../domain/ids.ts';
import type { CategoryResults } from '../domain/runs/types.ts';
import type { ConnectorInstance } from '../domain/tenancy/types.ts';
import type { InstanceRepository, ScopeRepository } from '../storage/ports/index.ts';
import type { CredentialResolver, ResolvedCredential } from './credentials.ts';
import { withHeartbeat } from './heartbeat.ts';

export interface TestConnectionInput {
  readonly tenant_id: TenantId;
  readonly instance_id: InstanceId;
}

export interface CheckRequest {
  readonly instance: ConnectorInstance;
  readonly credential: ResolvedCredential;
  readonly categories: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly deadlineAt: Date;
  readonly signal: AbortSignal;
}

export interface ConnectorChecker {
  check(request: CheckRequest): Promise<CategoryResults>;
}

export interface TestConnectionDeps {
  readonly verifiedInstances: { ofInstance(tenant: TenantId, instance: InstanceId): Promise<VerifiedTenant> };
  readonly instances: Pick<InstanceRepository, 'get'>;
  readonly scopes: Pick<ScopeRepository, 'list'>;
  readonly broker: CredentialResolver;
  readonly checker: ConnectorChecker;
  readonly manifestOf: (connector: string) => ConnectorManifest;
  readonly now: () => Date;
}

export type TestConnectionActivities = ReturnType<typeof createTestConnectionActivities>;

/** Cheap calls; a source that is slower than this is not one to scan. */
const BUDGET_MS = 60_000;

export function createTestConnectionActivities(deps: TestConnectionDeps) {
  return {
    async testConnection({ tenant_id, instance_id }: TestConnectionInput): Promise<ConnectionTest> {
      const verified = await deps.verifiedInstances.ofInstance(tenant_id, instance_id);
      const instance = await deps.instances.get(verified.tenant_id, instance_id);
      const manifest = deps.manifestOf(instance.connector);
      const { categories, params } = await readingOf(deps, manifest, instance);
      const answer = (cells: CategoryResults | null, problem: ConnectionTest['problem']): ConnectionTest => ({
        tenant_id: verified.tenant_id,
        instance_id,
        connector: instance.connector,
        tested_at: deps.now().toISOString(),
        problem,
        permissions: permissionVerdicts(manifest, categories, cells),
      });
      if (manifest.capabilities.connection_test !== true) return answer(null, NOT_SUPPORTED);
      try {
        const cells = await withHeartbeat(async ({ signal }) => {
          const credential = await deps.broker.resolve(verified, 'test');
          const deadlineAt = new Date(deps.now().getTime() + BUDGET_MS);
          return await deps.checker.check({ instance, credential, categories, params, deadlineAt, signal });
        });
        return answer(cells, connectionProblem(manifest, cells));
      } catch (error) {
        // What went wrong is the answer: fixed messages and codes, never a value.
        if (isDomainError(error) && error.name !== 'NotFoundError') return answer(null, problemOf(error));
        throw error;
      }
    },
  };
}

const NOT_SUPPORTED = {
  code: 'CONNECTION_TEST_UNSUPPORTED',
  message: 'this connector declares no connection test; a scan shows what it can read',
  actor: 'engineer',
} as const;

const problemOf = ({ code, message, actor }: DomainError) => ({ code, message, actor });

/** What the instance's scopes read, or would: without a scope, everything that the connector can. */
async function readingOf({ scopes }: TestConnectionDeps, manifest: ConnectorManifest, instance: ConnectorInstance) {
  const own = (await scopes.list(instance.tenant_id, { instance_id: instance._id })).filter(
    ({ kind, status }) => kind === 'scan' && status === 'active',
  );
  const wanted = new Set(own.flatMap((scope) => scope.categories));
  const declared = manifest.categories.map(({ name }) => name);
  return {
    categories: wanted.size === 0 ? declared : declared.filter((name) => wanted.has(name)),
    params: own[0]?.params ?? {},
  };
}
