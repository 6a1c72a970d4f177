/** The category `s3`: buckets with their classification, and which statements of `iam` let their holders read them. */
import type { Bucket } from '@aws-sdk/client-s3';
import { SourceError, type StepContext } from '../../sdk/types.ts';
import { mapBounded } from '../../sdk/http.ts';
import type { AwsClient } from '../client.ts';
import { combine, emitSorted } from '../collector.ts';
import { bucketAccess, type BucketFacts, convertBucket } from '../converters/buckets.ts';
import { type ReadPolicy, readInlinePolicy, readManagedPolicies } from '../converters/policies.ts';
import { isoDate } from '../converters/refs.ts';
import { order } from '../policy/document.ts';
import { sortedDetails } from './iam.ts';
import { perItem } from './section.ts';

const CALLS_AT_A_TIME = 8;

export async function readBuckets(context: StepContext<AwsClient>): Promise<void> {
  const { client, signal } = context;
  const listed = (await client.s3.buckets(signal)).sort((a, b) => order(a.Name ?? '', b.Name ?? ''));
  context.scanned(listed.length);
  const each = perItem(context);
  const facts = await mapBounded(listed, CALLS_AT_A_TIME, (bucket) => readBucket(context, each, bucket));
  const buckets = facts.filter((bucket) => bucket !== null);
  const policies = await statementsInScope(context);
  const names = buckets.map((bucket) => bucket.name);
  const access = { entities: [], edges: bucketAccess(client.partition, names, policies) };
  await emitSorted(context, combine([...buckets.map(convertBucket), access]));
}

/** Null for a bucket outside the scope's regions. One whose region cannot be read is kept: it may be inside. */
async function readBucket(context: StepContext<AwsClient>, each: ReturnType<typeof perItem>, bucket: Bucket): Promise<BucketFacts | null> {
  const { client, signal } = context;
  const { regions } = client;
  const name = bucket.Name ?? '';
  const region = bucket.BucketRegion ?? (await each('s3:GetBucketLocation', () => client.s3.region(name, signal))) ?? null;
  if (region !== null && regions.length > 0 && !regions.includes(region)) return null;
  const tags = region === null ? undefined : await each('s3:GetBucketTagging', () => client.s3.tags(name, region, signal));
  return { name, partition: client.partition, region, createdAt: isoDate(bucket.CreationDate), tags };
}

/**
 * Statements are the category `iam`'s: without it in the scope they are not in the graph, and no edge can start at one.
 * When they could not be read completely, the buckets stay and the category says that edges may be missing.
 */
async function statementsInScope(context: StepContext<AwsClient>): Promise<readonly ReadPolicy[]> {
  if (!context.scope.categories.includes('iam')) return [];
  const details = await context.client.iam.authorizationDetails(context.signal);
  if (details.failure instanceof SourceError) context.incomplete(details.failure);
  else if (details.failure !== null) throw details.failure;
  const read = sortedDetails(details);
  const inline = [
    ...read.users.flatMap((user) => (user.UserPolicyList ?? []).map((policy) => readInlinePolicy(user.Arn ?? '', policy))),
    ...read.groups.flatMap((group) => (group.GroupPolicyList ?? []).map((policy) => readInlinePolicy(group.Arn ?? '', policy))),
    ...read.roles.flatMap((role) => (role.RolePolicyList ?? []).map((policy) => readInlinePolicy(role.Arn ?? '', policy))),
  ];
  return [...readManagedPolicies(read.policies).byArn.values(), ...inline.filter((policy) => policy !== null)];
}
