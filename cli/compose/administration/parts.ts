import type { RunControl } from '../../../api/ports.ts';
import type { ConnectorRegistry } from '../../../connectors/registry/registry.ts';
import { ConflictError } from '../../../domain/errors.ts';
import type { Schedules } from '../schedules.ts';
import type { Storage } from '../storage.ts';
import type { Audited } from './audited.ts';
import type { CredentialKeys } from './tenants.ts';

export interface AdministrationParts {
  readonly storage: Pick<Storage, 'tenants' | 'instances' | 'scopes' | 'lookups' | 'findings' | 'intake' | 'bindings'>;
  readonly registry: Pick<ConnectorRegistry, 'get' | 'has' | 'list'>;
  readonly schedules: Schedules;
  readonly control: Pick<RunControl, 'cancel'>;
  readonly credentials: CredentialKeys;
  readonly audited: Audited;
  readonly now: () => Date;
}

/** For removals, which have no row to compare and set. @throws ConflictError `STALE_EDIT` */
export function mustBeAt(what: string, row: { readonly _id: string; readonly version: number }, version: number | null): void {
  if (version === null || version === row.version) return;
  throw new ConflictError(`the ${what} was changed by someone else meanwhile`, {
    code: 'STALE_EDIT',
    actor: 'operator',
    field: 'version',
    expected: `version ${row.version}`,
    subject: row._id,
  });
}
