import type { Entity } from '../../graph/types.ts';
import { SENSITIVE_CLASSIFICATIONS } from './privileged.ts';
import { text } from './state.ts';

/** By the resource's own tag only. `undefined` when its tags were not read. */
export function classificationOf(resource: Entity): { readonly sensitive: boolean | undefined; readonly label: string } {
  const label = text(resource, 'classification');
  if (label === undefined) return { sensitive: resource.props['tags_read'] === false ? undefined : false, label: '' };
  return {
    sensitive: SENSITIVE_CLASSIFICATIONS.has(
      label
        .trim()
        .toLowerCase()
        .replaceAll(/[\s_]+/g, '-'),
    ),
    label,
  };
}
