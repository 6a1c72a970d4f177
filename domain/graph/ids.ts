/** Content-derived ids (DATA-01). */
import { digestOf } from '../canonical.ts';
import type { TenantId } from '../ids.ts';
import type { EdgeId, EdgeType, EntityId, EntityType } from './types.ts';

export function entityId(tenant: TenantId, sourceSystem: string, sourceTenant: string, type: EntityType, nativeId: string): EntityId {
  return digestOf([tenant, sourceSystem, sourceTenant, type, nativeId]);
}

export function edgeId(from: EntityId, type: EdgeType, to: EntityId, qualifier: string | null): EdgeId {
  return digestOf([from, type, to, qualifier]);
}
