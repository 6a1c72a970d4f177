/** S3: the list of buckets, and per bucket its region and tags. Never an object, nor the names of any. */
import { type Bucket, GetBucketLocationCommand, GetBucketTaggingCommand, ListBucketsCommand, S3Client, type Tag } from '@aws-sdk/client-s3';
import { type ExplicitConfig, explicitS3Config } from '../sdk-config.ts';
import { call } from './call.ts';
import { collect, pages } from './pages.ts';

export class S3Reader {
  readonly #config: ExplicitConfig;
  readonly #clients = new Map<string, S3Client>();

  /** `config.region` is where the account as a whole is asked. */
  constructor(config: ExplicitConfig) {
    this.#config = config;
  }

  buckets(abortSignal: AbortSignal): Promise<Bucket[]> {
    const permission = 's3:ListAllMyBuckets';
    const send = (ContinuationToken?: string) =>
      call({ permission }, () =>
        this.#in(this.#config.region).send(new ListBucketsCommand({ ContinuationToken, MaxBuckets: 1000 }), { abortSignal }),
      );
    return collect(
      pages(send, (page) => page.ContinuationToken, permission),
      (page) => page.Buckets,
    );
  }

  /** S3 says nothing for `us-east-1` and `EU` for what was the first European region (API reference, GetBucketLocation). */
  async region(bucket: string, abortSignal: AbortSignal): Promise<string> {
    const command = new GetBucketLocationCommand({ Bucket: bucket });
    const facts = { permission: 's3:GetBucketLocation', where: bucket };
    const { LocationConstraint } = await call(facts, () => this.#in(this.#config.region).send(command, { abortSignal }));
    return LocationConstraint === undefined ? 'us-east-1' : LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint;
  }

  /** Empty for a bucket that has no tags: S3 answers `NoSuchTagSet` then. */
  tags(bucket: string, region: string, abortSignal: AbortSignal): Promise<Tag[]> {
    const command = new GetBucketTaggingCommand({ Bucket: bucket });
    return call({ permission: 's3:GetBucketTagging', where: bucket }, async () => {
      try {
        return (await this.#in(region).send(command, { abortSignal })).TagSet ?? [];
      } catch (error) {
        if ((error as Error).name === 'NoSuchTagSet') return [];
        throw error;
      }
    });
  }

  #in(region: string): S3Client {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const made = new S3Client(explicitS3Config({ ...this.#config, region }));
    this.#clients.set(region, made);
    return made;
  }
}
