/** Which buckets a statement lets its holder read objects of. Pure; used where statements and buckets are both known. */
import type { PolicyStatement } from './document.ts';
import { coversAction, matchesBeyond, wildcardMatch } from './match.ts';

/** Reading an object's content. Listing names (`s3:ListBucket`) reads no data and makes no edge. */
export const OBJECT_READ_ACTIONS = ['s3:GetObject', 's3:GetObjectVersion'] as const;

export type BucketReach = 'all_objects' | 'some_objects';

export interface BucketReachIndex {
  /** Reach per bucket name, in the order of the given names. Denies of other statements are not taken into account. */
  readsOf(
    statement: Pick<PolicyStatement, 'effect' | 'actions' | 'notActions' | 'resources' | 'notResources'>,
  ): ReadonlyMap<string, BucketReach>;
}

/** `partition` is `aws`, `aws-cn` or `aws-us-gov`. A pattern that names its bucket is looked up; only wildcard buckets are walked. */
export function bucketReachIndex(bucketNames: readonly string[], partition: string): BucketReachIndex {
  const names = [...new Set(bucketNames)].sort();
  const known = new Set(names);
  const candidates = ({ objects }: ObjectPattern): readonly string[] => {
    const bucket = objects.split('/')[0] ?? '';
    if (/[*?]/.test(bucket)) return names;
    return known.has(bucket) ? [bucket] : [];
  };
  const reachOf = ({ objects, exact }: ObjectPattern, name: string): BucketReach | null => {
    const reach = matchesBeyond(objects, `${name}/`);
    return reach === 'none' ? null : reach === 'all' && exact ? 'all_objects' : 'some_objects';
  };
  const patternsOf = (resources: readonly string[]): readonly ObjectPattern[] =>
    resources.map((resource) => objectPattern(resource, partition)).filter((pattern) => pattern !== null);

  return {
    readsOf(statement) {
      const found = new Map<string, BucketReach>();
      if (statement.effect !== 'Allow' || !OBJECT_READ_ACTIONS.some((action) => coversAction(statement, action))) return found;
      if (statement.notResources.length > 0) {
        const patterns = patternsOf(statement.notResources);
        for (const name of names) {
          const spared = patterns.map((pattern) => reachOf(pattern, name));
          if (!spared.includes('all_objects')) found.set(name, spared.some((reach) => reach !== null) ? 'some_objects' : 'all_objects');
        }
        return found;
      }
      for (const pattern of patternsOf(statement.resources)) {
        for (const name of candidates(pattern)) {
          const reach = found.get(name) === 'all_objects' ? null : reachOf(pattern, name);
          if (reach !== null) found.set(name, reach);
        }
      }
      return found;
    },
  };
}

interface ObjectPattern {
  /** Pattern of `bucket/key`. */
  readonly objects: string;
  /** False when it held a policy variable: it can reach, but never surely everything. */
  readonly exact: boolean;
}

/**
 * Null when the pattern cannot be of S3. Wildcards stay within their segment of an ARN, except in the last, and segments that are
 * left out are wildcards (IAM User Guide, "IAM JSON policy elements: Resource").
 */
function objectPattern(resource: string, partition: string): ObjectPattern | null {
  const { text, exact } = withoutVariables(resource);
  if (/^\*+$/.test(text)) return { objects: '*', exact };
  const [arn = '', ...segments] = text.split(':');
  const [inPartition = '*', service = '*', region = '*', account = '*', ...rest] = segments;
  const ofS3 =
    arn === 'arn' &&
    wildcardMatch(inPartition, partition) &&
    wildcardMatch(service, 's3') &&
    wildcardMatch(region, '') &&
    wildcardMatch(account, '');
  return ofS3 ? { objects: rest.length === 0 ? '*' : rest.join(':'), exact } : null;
}

/** A policy variable stands for some text that we do not know. `${*}`, `${?}` and `${$}` are those characters. */
function withoutVariables(pattern: string): { text: string; exact: boolean } {
  let exact = true;
  const text = pattern.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name === '$') return '$';
    exact = false;
    return name === '*' || name === '?' ? '?' : '*';
  });
  return { text, exact };
}
