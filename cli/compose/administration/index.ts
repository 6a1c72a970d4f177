/** The one implementation of what operators write: behind the API, the pages and `sv0 apply`. */
import type { Administration } from '../../../api/administration.ts';
import type { AuditRepository } from '../../../storage/ports/audit.ts';
import { createApply } from './apply.ts';
import { createAudited } from './audited.ts';
import { createFindingAdmin } from './findings.ts';
import { createInstanceAdmin } from './instances.ts';
import type { AdministrationParts } from './parts.ts';
import { createScopeAdmin } from './scopes.ts';
import { createTenantAdmin } from './tenants.ts';

export type AdministrationDeps = Omit<AdministrationParts, 'audited'> & { readonly audit: Pick<AuditRepository, 'append'> };

export function createAdministration({ audit, ...deps }: AdministrationDeps): Administration {
  const parts = { ...deps, audited: createAudited(audit, deps.now) };
  const writers = { tenants: createTenantAdmin(parts), instances: createInstanceAdmin(parts), scopes: createScopeAdmin(parts) };
  return {
    ...writers,
    apply: createApply(parts, { ...writers, instances: createInstanceAdmin(parts, 'seen') }),
    findings: createFindingAdmin(parts),
    credentials: deps.credentials,
  };
}
