import type { Entity } from '../../graph/types.ts';

/** `undefined` when AWS did not say. */
export function isActiveKey(key: Entity): boolean | undefined {
  const status = key.props['status'];
  return status === 'Active' ? true : status === 'Inactive' || status === 'Expired' ? false : undefined;
}
