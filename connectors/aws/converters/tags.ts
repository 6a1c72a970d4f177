/** What a resource's own tags say of it: owner, environment, purpose. Other tags are not read into the graph: they can hold anything (DATA-09). */
import type { EntityRef, Props } from '../../../domain/graph/types.ts';
import { type Converted, NOTHING } from '../collector.ts';

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function ownerFromTags(owned: EntityRef, tags: readonly Tag[]): Converted {
  const value = tagValue(tags, 'owner');
  if (value === null) return NOTHING;
  const native_id = `tag:owner=${value}`;
  return {
    entities: [
      { type: 'owner', subtype: 'tag_owner', native_id, display_name: value, props: { name: value, source: 'tag:owner' }, join_keys: [] },
    ],
    edges: [{ from: owned, to: { type: 'owner', native_id }, type: 'OWNED_BY', props: { source: 'tag:owner' } }],
  };
}

/** `environment` and `purpose`, which some rules ask for: present only where the tag is. A name is never guessed from. */
export function labelsFromTags(tags: readonly Tag[]): Props {
  const environment = tagValue(tags, 'environment') ?? tagValue(tags, 'env');
  const purpose = tagValue(tags, 'purpose');
  return {
    ...(environment === null ? {} : { environment: environment.toLowerCase() }),
    ...(purpose === null ? {} : { purpose: purpose.toLowerCase() }),
  };
}

/** Tag keys are compared without case; an empty or blank value counts as no tag. */
export function tagValue(tags: readonly Tag[], key: string): string | null {
  const found = tags
    .filter((tag) => tag.Key?.toLowerCase() === key && (tag.Value ?? '').trim() !== '')
    .sort((a, b) => ((a.Key ?? '') < (b.Key ?? '') ? -1 : 1))[0];
  return found === undefined ? null : (found.Value ?? '').trim().toWellFormed();
}
