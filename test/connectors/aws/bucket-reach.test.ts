import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketReachIndex } from '../../../connectors/aws/policy/bucket-reach.ts';
import { wildcardMatch } from '../../../connectors/aws/policy/match.ts';

const buckets = ['alpha', 'alpha-logs', 'beta'];
const reads = (statement: object, partition = 'aws'): Record<string, string> =>
  Object.fromEntries(
    bucketReachIndex(buckets, partition).readsOf({
      effect: 'Allow',
      actions: ['s3:GetObject'],
      notActions: [],
      resources: [],
      notResources: [],
      ...statement,
    }),
  );
const all = { alpha: 'all_objects', 'alpha-logs': 'all_objects', beta: 'all_objects' };

describe('which buckets a statement reads', () => {
  it.each([
    ['*', all],
    ['arn:aws:s3:::*', all],
    ['arn:aws:s3:::*/*', all],
    ['arn:aws:s3:::alpha/*', { alpha: 'all_objects' }],
    ['arn:aws:s3:::alpha*', { alpha: 'all_objects', 'alpha-logs': 'all_objects' }],
    ['arn:aws:s3:::alpha*/*', { alpha: 'all_objects', 'alpha-logs': 'all_objects' }],
    ['arn:aws:s3:::alpha', {}],
    ['arn:aws:s3:::alpha/2026/*', { alpha: 'some_objects' }],
    ['arn:aws:s3:::alpha/*.csv', { alpha: 'some_objects' }],
    ['arn:aws:s3:::alpha/key', { alpha: 'some_objects' }],
    ['arn:aws:s3:::alpha/${aws:username}/*', { alpha: 'some_objects' }],
    ['arn:aws:s3:::alpha/${aws:username}', { alpha: 'some_objects' }],
    ['arn:aws:s3:::${aws:PrincipalTag/team}/*', { alpha: 'some_objects', 'alpha-logs': 'some_objects', beta: 'some_objects' }],
    ['arn:aws:s3:::gamma/*', {}],
    ['arn:aws:dynamodb:*:*:table/*', {}],
    ['arn:aws:s3:::?eta/*', { beta: 'all_objects' }],
    ['arn:*:s3:::beta/*', { beta: 'all_objects' }],
    ['arn:aws:s3', all],
    ['arn:aws:*:*:*:beta/*', { beta: 'all_objects' }],
    ['arn:aws:s3:::alpha/a:b*', { alpha: 'some_objects' }],
    ['arn:aws:s3:::*-logs/*', { 'alpha-logs': 'all_objects', alpha: 'some_objects', beta: 'some_objects' }],
    ['arn:aws:s3:us-east-1:111122223333:accesspoint/x/object/*', {}],
  ])('%s', (resource, expected) => {
    expect(reads({ resources: [resource] })).toEqual(expected);
  });

  it('takes the widest of several patterns, in any order', () => {
    const patterns = ['arn:aws:s3:::alpha/x/*', 'arn:aws:s3:::alpha/*'];
    expect(reads({ resources: patterns })).toEqual({ alpha: 'all_objects' });
    expect(reads({ resources: [...patterns].reverse() })).toEqual({ alpha: 'all_objects' });
  });

  it('turns NotResource around', () => {
    expect(reads({ notResources: ['arn:aws:s3:::alpha/*'] })).toEqual({ 'alpha-logs': 'all_objects', beta: 'all_objects' });
    expect(reads({ notResources: ['arn:aws:s3:::alpha/private/*', 'arn:aws:s3:::beta*'] })).toEqual({
      alpha: 'some_objects',
      'alpha-logs': 'all_objects',
    });
  });

  it('needs an allowed read of objects: listing, writing and denying reach nothing', () => {
    for (const actions of [['s3:ListBucket'], ['s3:PutObject'], ['s3:List*', 's3:GetBucketTagging'], ['iam:*'], []]) {
      expect(reads({ actions, resources: ['*'] })).toEqual({});
    }
    expect(reads({ effect: 'Deny', resources: ['*'] })).toEqual({});
    for (const actions of [['*'], ['s3:*'], ['S3:GetObject'], ['s3:Get*'], ['s3:GetObjectVersion']])
      expect(reads({ actions, resources: ['*'] })).toEqual(all);
    expect(reads({ actions: [], notActions: ['iam:*'], resources: ['*'] })).toEqual(all);
    expect(reads({ actions: [], notActions: ['s3:*'], resources: ['*'] })).toEqual({});
  });

  it('speaks of the account’s own partition', () => {
    expect(reads({ resources: ['arn:aws-cn:s3:::beta/*'] }, 'aws-cn')).toEqual({ beta: 'all_objects' });
    expect(reads({ resources: ['arn:aws:s3:::beta/*'] }, 'aws-cn')).toEqual({});
  });

  it('agrees with asking for single objects, whatever the patterns', () => {
    const pattern = fc
      .string({ unit: fc.constantFrom('alpha', 'beta', '-logs', '/', '*', '?', 'x'), maxLength: 5 })
      .map((tail) => `arn:aws:s3:::${tail}`);
    const agrees = fc.property(fc.array(pattern, { maxLength: 4 }), (resources) => {
      const reach = reads({ resources });
      return buckets.every((bucket) => {
        const objects = ['x', 'a/b', '/', 'xx/x'].map((key) => `arn:aws:s3:::${bucket}/${key}`);
        const hits = new Set(objects.map((object) => resources.some((one) => wildcardMatch(one, object))));
        return !(hits.has(true) && reach[bucket] === undefined) && !(hits.has(false) && reach[bucket] === 'all_objects');
      });
    });
    expect(fc.check(agrees).counterexample).toBeNull();
  });

  it('looks up named buckets instead of walking all of them', () => {
    const names = Array.from({ length: 20_000 }, (_, n) => `bucket-${n}`);
    const index = bucketReachIndex(names, 'aws');
    const started = performance.now();
    for (const name of names) {
      const found = index.readsOf({
        effect: 'Allow',
        actions: ['s3:GetObject'],
        notActions: [],
        resources: [`arn:aws:s3:::${name}/*`],
        notResources: [],
      });
      expect(found.size).toBe(1);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
