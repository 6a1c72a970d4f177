/** How things of AWS are named in the graph: by ARN wherever AWS has one, so that two readers of one account meet. */
import type { EntityRef, Props } from '../../../domain/graph/types.ts';
import type { EmittedEntity } from '../../sdk/types.ts';

export const identityRef = (nativeId: string): EntityRef => ({ type: 'identity', native_id: nativeId });
export const roleRef = (arn: string): EntityRef => ({ type: 'role', native_id: arn });
export const permissionRef = (nativeId: string): EntityRef => ({ type: 'permission', native_id: nativeId });
export const bucketArn = (partition: string, name: string): string => `arn:${partition}:s3:::${name}`;

/** `arn:partition:service:region:account:resource`; null for anything else. */
export function parseArn(text: string): { partition: string; service: string; region: string; account: string; resource: string } | null {
  const [arn, partition, service, region, account, ...resource] = text.split(':');
  if (arn !== 'arn' || !partition || !service || region === undefined || account === undefined || resource.length === 0) return null;
  return { partition, service, region, account, resource: resource.join(':') };
}

/** ISO 8601 in UTC without milliseconds (AWS has none), or null for what AWS does not say. */
export function isoDate(value: Date | undefined): string | null {
  return value === undefined || Number.isNaN(value.getTime()) ? null : value.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export function identity(subtype: string, native_id: string, display_name: string, props: Props): EmittedEntity {
  return { type: 'identity', subtype, native_id, display_name, props, join_keys: [] };
}
