/** The only maker of verified tenants (CRED-01, CRED-05): tenant, instance, scope and running run, read as one chain of rows of one tenant. */
import { mintVerifiedTenant } from '../../domain/credentials/mint-verified-tenant.ts';
import type { VerifiedTenant } from '../../domain/credentials/verified-tenant.ts';
import { NotFoundError } from '../../domain/errors.ts';
import type { InstanceId, RunId, ScopeId, TenantId } from '../../domain/ids.ts';
import type { ConnectorInstance, Tenant } from '../../domain/tenancy/types.ts';
import type { InstanceRepository, RunRepository, ScopeRepository, TenantRepository } from '../ports/index.ts';

export function createVerifiedTenants(deps: {
  readonly scopes: Pick<ScopeRepository, 'findForStart'>;
  readonly runs: Pick<RunRepository, 'find'>;
  readonly tenants: Pick<TenantRepository, 'find'>;
  readonly instances: Pick<InstanceRepository, 'find'>;
}) {
  return {
    /** @throws NotFoundError for anything else, before any provider is asked */
    async ofRun(scope_id: ScopeId, run_id: RunId): Promise<VerifiedTenant> {
      const chain = await deps.scopes.findForStart(scope_id);
      if (chain === null || chain.instance === null || chain.scope.kind !== 'scan') throw new NotFoundError('scope', scope_id);
      const { tenant, scope, instance } = chain;
      if (tenant.status !== 'active' || instance.status !== 'active' || scope.status !== 'active')
        throw new NotFoundError('scope', scope_id);
      const run = await deps.runs.find(tenant._id, run_id);
      if (run === null || run.status !== 'running' || run.scope_id !== scope._id || run.instance_id !== instance._id)
        throw new NotFoundError('run', run_id);
      return mintVerifiedTenant({ ...ownerOf(tenant, instance), scope_id: scope._id, run_id: run._id, deadline_at: run.deadline_at });
    },

    /** For a connection test: no run. The tenant that is named is only compared with the instance's row. @throws NotFoundError as above */
    async ofInstance(tenant_id: TenantId, instance_id: InstanceId): Promise<VerifiedTenant> {
      const instance = await deps.instances.find(tenant_id, instance_id);
      const tenant = instance === null ? null : await deps.tenants.find(instance.tenant_id);
      if (instance === null || tenant === null || tenant.status !== 'active' || instance.status !== 'active')
        throw new NotFoundError('instance', instance_id);
      return mintVerifiedTenant({ ...ownerOf(tenant, instance), scope_id: null, run_id: null });
    },
  };
}

const ownerOf = (tenant: Tenant, { _id, connector, credentials_ref, source_tenant }: ConnectorInstance) => ({
  tenant_id: tenant._id,
  tenant_slug: tenant.slug,
  instance_id: _id,
  connector,
  credentials_ref,
  source_tenant,
});
