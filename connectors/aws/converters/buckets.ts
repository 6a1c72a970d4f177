/** S3 buckets: where they are, and how their own tag classifies what is in them. */
import type { EmittedEdge } from '../../sdk/types.ts';
import { combine, type Converted } from '../collector.ts';
import { bucketReachIndex } from '../policy/bucket-reach.ts';
import { labelsFromTags, ownerFromTags, type Tag, tagValue } from './tags.ts';
import type { ReadPolicy } from './policies.ts';
import { bucketArn, permissionRef } from './refs.ts';

/** The only tags that enter the graph, beside `owner`; the first that is set gives the classification. */
export const CLASSIFICATION_TAGS = ['data-classification', 'classification', 'sensitivity'] as const;

export interface BucketFacts {
  readonly name: string;
  readonly partition: string;
  readonly region: string | null;
  readonly createdAt: string | null;
  /** Undefined when they could not be read: the classification is then unknown, not absent. */
  readonly tags: readonly Tag[] | undefined;
}

export function convertBucket(bucket: BucketFacts): Converted {
  const native_id = bucketArn(bucket.partition, bucket.name);
  const tags = bucket.tags ?? [];
  const classified = CLASSIFICATION_TAGS.flatMap((key) => {
    const value = tagValue(tags, key);
    return value === null ? [] : [[`tag_${key.replaceAll('-', '_')}`, value] as const];
  });
  const entity = {
    type: 'resource' as const,
    subtype: 's3_bucket',
    native_id,
    display_name: bucket.name,
    props: {
      ...labelsFromTags(tags),
      ...Object.fromEntries(classified),
      arn: native_id,
      region: bucket.region,
      created_at: bucket.createdAt,
      tags_read: bucket.tags !== undefined,
      classification: classified[0]?.[1].toLowerCase() ?? null,
    },
    join_keys: [],
  };
  return combine([{ entities: [entity], edges: [] }, ownerFromTags({ type: 'resource', native_id }, tags)]);
}

/** `APPLIES_TO` from every allowing statement to the buckets whose objects it lets its holder read. */
export function bucketAccess(partition: string, bucketNames: readonly string[], policies: Iterable<ReadPolicy>): EmittedEdge[] {
  const index = bucketReachIndex(bucketNames, partition);
  const edges: EmittedEdge[] = [];
  for (const policy of policies) {
    for (const { nativeId, statement } of policy.statements) {
      for (const [name, reach] of index.readsOf(statement)) {
        edges.push({
          from: permissionRef(nativeId),
          to: { type: 'resource', native_id: bucketArn(partition, name) },
          type: 'APPLIES_TO',
          props: { access: 'read', reach, conditional: statement.conditions.length > 0 },
        });
      }
    }
  }
  return edges;
}
