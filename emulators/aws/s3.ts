/** S3 by path style: buckets and what is said of them, never their objects (S3 API reference). */
import { AwsRefusal, MESSAGE_CANARY } from './refusal.ts';
import { type Emulation, paged, permit, refuseWrite, type ServiceAnswer, type ServiceRequest } from './service.ts';
import type { EmulatedBucket } from './types.ts';
import { element } from './xml.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function s3Service(emulation: Emulation, request: ServiceRequest): ServiceAnswer {
  const { method, path, query, caller } = request;
  const [name] = path;
  if (method !== 'GET') refuseWrite(emulation, `s3:${method}`);
  if (name === undefined) {
    permit(emulation, request, 's3:ListAllMyBuckets');
    return listBuckets(emulation, request);
  }
  const wanted =
    path.length > 1 ? 'object' : query.has('tagging') ? 'GetBucketTagging' : query.has('location') ? 'GetBucketLocation' : 'ListBucket';
  if (wanted === 'object' || wanted === 'ListBucket') refuseWrite(emulation, `s3:${wanted}`);
  permit(emulation, request, `s3:${wanted}`, `arn:aws:s3:::${name}`);
  const bucket = caller.world.buckets.find((one) => one.Name === name);
  if (bucket === undefined) throw new AwsRefusal('NoSuchBucket', 404);
  return wanted === 'GetBucketTagging' ? tagging(bucket) : location(bucket);
}

function listBuckets(emulation: Emulation, { query, caller }: ServiceRequest): ServiceAnswer {
  // Without `max-buckets` the old form is answered: everything at once and no regions.
  const asked = query.get('max-buckets');
  if (asked === null)
    return xml('ListAllMyBucketsResult', bucketList(caller.world.buckets.map(({ Name, CreationDate }) => ({ Name, CreationDate }))));
  const page = paged(emulation, caller.world.buckets, query.get('continuation-token'), asked);
  const list = bucketList(page.items.map(({ Name, CreationDate, BucketRegion }) => ({ Name, CreationDate, BucketRegion })));
  return xml('ListAllMyBucketsResult', `${list}${element('ContinuationToken', page.next)}`);
}

const bucketList = (buckets: readonly object[]): string => element('Buckets', buckets, 'Bucket');

function tagging(bucket: EmulatedBucket): ServiceAnswer {
  if (bucket.Tags.length === 0) throw new AwsRefusal('NoSuchTagSet', 404);
  return xml('Tagging', element('TagSet', bucket.Tags, 'Tag'));
}

/** S3 says nothing of its first region. */
const location = ({ BucketRegion }: EmulatedBucket): ServiceAnswer =>
  xml('LocationConstraint', BucketRegion === 'us-east-1' ? '' : BucketRegion);

const xml = (root: string, content: string): ServiceAnswer => ({
  status: 200,
  type: 'xml',
  body: `<${root} xmlns="${NAMESPACE}">${content}</${root}>`,
});

const CODES: Readonly<Record<string, readonly [string, number]>> = {
  ExpiredToken: ['ExpiredToken', 400],
  InternalFailure: ['InternalError', 500],
  InvalidClientTokenId: ['InvalidAccessKeyId', 403],
  MissingAuthenticationToken: ['AccessDenied', 403],
  Throttling: ['SlowDown', 503],
};

export function s3Error(refusal: AwsRefusal): ServiceAnswer {
  const [code, status] = CODES[refusal.code] ?? [refusal.code, refusal.status];
  const body = element('Error', { Code: code, Message: MESSAGE_CANARY, RequestId: '0000000000000000', HostId: 'emulator' });
  return { status, type: 'xml', body, headers: refusal.headers };
}
