/** May anything be started here? A scope that is switched off, and one of a tenant or an instance that is, starts nothing. Pure. */
import type { ConnectorInstance, ScanScope, Tenant } from './types.ts';

interface Chain {
  readonly tenant: Pick<Tenant, 'status'>;
  /** Null for a gate's row. */
  readonly instance: Pick<ConnectorInstance, 'status'> | null;
  readonly scope: Pick<ScanScope, 'status'>;
}

/** The first of them that is not active. */
export function whatIsInactive({ tenant, instance, scope }: Chain): 'tenant' | 'instance' | 'scope' | null {
  if (tenant.status !== 'active') return 'tenant';
  if (instance !== null && instance.status !== 'active') return 'instance';
  return scope.status === 'active' ? null : 'scope';
}
