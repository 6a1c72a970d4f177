/** Which buckets a statement lets its holder read objects of. Pure; used where statements and buckets are both known. */
import type { PolicyStatement } from './document.ts';
import { coversAction, matchesBeyond } from './match.ts';

/** Reading an object's content. Listing names (`s3:ListBucket`) reads no data and makes no edge. */
export const OBJECT_READ_ACTIONS = ['s3:GetObject', 's3:GetObjectVersion'] as const;

export type BucketReach = 'all_objects' | 'some_objects';

export interface BucketReachIndex {
  /** Reach per bucket name, in the order of the given names. Denies of other statements are not taken into account. */
  readsOf(statement: Pick<PolicyStatement, 'effect' | 'actions' | 'notActions' | 'resources' | 'notResources'>): ReadonlyMap<string, BucketReach>;
}

/** `partition` is `aws`, `aws-cn` or `aws-us-gov`. A pattern that names its bucket is looked up; only wildcard buckets are walked. */
export function bucketReachIndex(bucketNames: readonly string[], partition: string): BucketReachIndex {
  const names = [...new Set(bucketNames)].sort();
  const known = new Set(names);
  const prefix = `arn:${partition}:s3:::`;
  const candidates = (pattern: string): readonly string[] => {
    if (pattern.startsWith(prefix)) {
      const bucket = pattern.slice(prefix.length).split('/')[0] ?? '';
      if (!/[*?]/.test(bucket)) return known.has(bucket) ? [bucket] : [];
    }
    return names;
  };
  const reachOf = (pattern: string, name: string): BucketReach | null => {
    const { text, exact } = withoutVariables(pattern);
    const reach = matchesBeyond(text, `${prefix}${name}/`);
    return reach === 'none' ? null : reach === 'all' && exact ? 'all_objects' : 'some_objects';
  };

  return {
    readsOf(statement) {
      const found = new Map<string, BucketReach>();
      if (statement.effect !== 'Allow' || !OBJECT_READ_ACTIONS.some((action) => coversAction(statement, action))) return found;
      if (statement.notResources.length > 0) {
        for (const name of names) {
          const spared = statement.notResources.map((pattern) => reachOf(pattern, name));
          if (!spared.includes('all_objects')) found.set(name, spared.some((reach) => reach !== null) ? 'some_objects' : 'all_objects');
        }
        return found;
      }
      for (const pattern of statement.resources) {
        for (const name of candidates(pattern)) {
          const reach = found.get(name) === 'all_objects' ? null : reachOf(pattern, name);
          if (reach !== null) found.set(name, reach);
        }
      }
      return found;
    },
  };
}

/** A policy variable stands for some text that we do not know: it can reach, but never surely everything. `${*}`, `${?}` and `${$}` are those characters. */
function withoutVariables(pattern: string): { text: string; exact: boolean } {
  let exact = true;
  const text = pattern.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name === '$') return '$';
    exact = false;
    return name === '*' || name === '?' ? '?' : '*';
  });
  return { text, exact };
}
