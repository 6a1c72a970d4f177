/**
 * Reads pages; knows nothing of the graph. Every method maps AWS's failures to `SourceError` by the permission that it needs.
 * Read-only: the commands imported here are all that is ever sent (CONN-03).
 */
import {
  type AccessKeyLastUsed,
  type AccessKeyMetadata,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  type GetAccountAuthorizationDetailsResponse,
  GetOpenIDConnectProviderCommand,
  type GetOpenIDConnectProviderResponse,
  IAMClient,
  ListAccessKeysCommand,
  ListOpenIDConnectProvidersCommand,
  ListSAMLProvidersCommand,
  ListUsersCommand,
  type SAMLProviderListEntry,
  type User,
} from '@aws-sdk/client-iam';
import {
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-lambda';
import { type Bucket, GetBucketLocationCommand, GetBucketTaggingCommand, ListBucketsCommand, S3Client, type Tag } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { ScopeFile } from '../contract/scope.ts';
import { SourceError } from '../sdk/types.ts';
import { parseArn } from './converters/refs.ts';
import { type CallFacts, toSourceError } from './errors.ts';
import { pages } from './pages.ts';
import { type ExplicitConfig, explicitConfig, explicitS3Config, type PinnedEndpoint, pinEndpoint } from './sdk-config.ts';
import { type AwsSettings, readSettings } from './settings.ts';

/** Where global services are asked when the scope names no region. */
const DEFAULT_REGION = 'us-east-1';

export class AwsClient {
  readonly settings: AwsSettings;
  readonly #access: Omit<ExplicitConfig, 'region'>;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly #iam: IAMClient;
  readonly #s3 = new Map<string, S3Client>();
  readonly #lambda = new Map<string, LambdaClient>();
  readonly #homeRegion: string;
  #details: Promise<ReadDetails> | undefined;

  constructor(settings: AwsSettings, endpoint: PinnedEndpoint | null, partition: string) {
    this.settings = settings;
    this.#access = { credentials: settings.credentials, endpoint };
    this.partition = partition;
    this.#homeRegion = settings.regions[0] ?? DEFAULT_REGION;
    this.#iam = new IAMClient(explicitConfig({ ...this.#access, region: this.#homeRegion }));
  }

  /** Read once per run, whichever category asks first; what came before a failure is kept beside it. */
  authorizationDetails(signal: AbortSignal): Promise<ReadDetails> {
    this.#details ??= this.#readDetails(signal);
    return this.#details;
  }

  async #readDetails(signal: AbortSignal): Promise<ReadDetails> {
    const read: GetAccountAuthorizationDetailsResponse[] = [];
    try {
      for await (const page of pages(
        (Marker) => this.#call('iam:GetAccountAuthorizationDetails', () =>
          this.#iam.send(new GetAccountAuthorizationDetailsCommand({ Marker }), { abortSignal: signal }),
        ),
        (page) => (page.IsTruncated ? page.Marker : undefined),
        'iam:GetAccountAuthorizationDetails',
      )) {
        read.push(page);
      }
    } catch (error) {
      return { pages: read, failure: error };
    }
    return { pages: read, failure: null };
  }

  async users(signal: AbortSignal): Promise<User[]> {
    const permission = 'iam:ListUsers';
    const send = (Marker?: string) => this.#call(permission, () => this.#iam.send(new ListUsersCommand({ Marker }), { abortSignal: signal }));
    return collect(pages(send, (page) => (page.IsTruncated ? page.Marker : undefined), permission), (page) => page.Users);
  }

  async accessKeys(UserName: string, signal: AbortSignal): Promise<AccessKeyMetadata[]> {
    const permission = 'iam:ListAccessKeys';
    const send = (Marker?: string) =>
      this.#call(permission, () => this.#iam.send(new ListAccessKeysCommand({ UserName, Marker }), { abortSignal: signal }));
    return collect(pages(send, (page) => (page.IsTruncated ? page.Marker : undefined), permission), (page) => page.AccessKeyMetadata);
  }

  async accessKeyLastUsed(AccessKeyId: string, signal: AbortSignal): Promise<AccessKeyLastUsed | undefined> {
    const command = new GetAccessKeyLastUsedCommand({ AccessKeyId });
    const answer = await this.#call('iam:GetAccessKeyLastUsed', () => this.#iam.send(command, { abortSignal: signal }));
    return answer.AccessKeyLastUsed;
  }

  async oidcProviderArns(signal: AbortSignal): Promise<string[]> {
    const command = new ListOpenIDConnectProvidersCommand({});
    const answer = await this.#call('iam:ListOpenIDConnectProviders', () => this.#iam.send(command, { abortSignal: signal }));
    return (answer.OpenIDConnectProviderList ?? []).flatMap((provider) => provider.Arn ?? []).sort();
  }

  oidcProvider(OpenIDConnectProviderArn: string, signal: AbortSignal): Promise<GetOpenIDConnectProviderResponse> {
    const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
    return this.#call('iam:GetOpenIDConnectProvider', () => this.#iam.send(command, { abortSignal: signal }));
  }

  async samlProviders(signal: AbortSignal): Promise<SAMLProviderListEntry[]> {
    const command = new ListSAMLProvidersCommand({});
    return (await this.#call('iam:ListSAMLProviders', () => this.#iam.send(command, { abortSignal: signal }))).SAMLProviderList ?? [];
  }

  functions(region: string, signal: AbortSignal): Promise<FunctionConfiguration[]> {
    const facts = { permission: 'lambda:ListFunctions', where: region };
    const send = (Marker?: string) =>
      this.#call(facts, () => this.#lambdaIn(region).send(new ListFunctionsCommand({ Marker, MaxItems: 50 }), { abortSignal: signal }));
    return collect(pages(send, (page) => page.NextMarker, facts.permission), (page) => page.Functions);
  }

  eventSourceMappings(region: string, signal: AbortSignal): Promise<EventSourceMappingConfiguration[]> {
    const facts = { permission: 'lambda:ListEventSourceMappings', where: region };
    const send = (Marker?: string) =>
      this.#call(facts, () => this.#lambdaIn(region).send(new ListEventSourceMappingsCommand({ Marker, MaxItems: 100 }), { abortSignal: signal }));
    return collect(pages(send, (page) => page.NextMarker, facts.permission), (page) => page.EventSourceMappings);
  }

  async functionTags(region: string, Resource: string, signal: AbortSignal): Promise<Record<string, string>> {
    const facts = { permission: 'lambda:ListTags', where: region };
    const answer = await this.#call(facts, () => this.#lambdaIn(region).send(new ListTagsCommand({ Resource }), { abortSignal: signal }));
    return answer.Tags ?? {};
  }

  buckets(signal: AbortSignal): Promise<Bucket[]> {
    const permission = 's3:ListAllMyBuckets';
    const send = (ContinuationToken?: string) =>
      this.#call(permission, () =>
        this.#s3In(this.#homeRegion).send(new ListBucketsCommand({ ContinuationToken, MaxBuckets: 1000 }), { abortSignal: signal }),
      );
    return collect(pages(send, (page) => page.ContinuationToken, permission), (page) => page.Buckets);
  }

  /** S3 says nothing for `us-east-1` and `EU` for what was the first European region (API reference, GetBucketLocation). */
  async bucketRegion(Bucket: string, signal: AbortSignal): Promise<string> {
    const command = new GetBucketLocationCommand({ Bucket });
    const facts = { permission: 's3:GetBucketLocation', where: Bucket };
    const { LocationConstraint } = await this.#call(facts, () => this.#s3In(this.#homeRegion).send(command, { abortSignal: signal }));
    return LocationConstraint === undefined ? 'us-east-1' : LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint;
  }

  /** Empty for a bucket that has no tags: S3 answers `NoSuchTagSet` then. */
  async bucketTags(Bucket: string, region: string, signal: AbortSignal): Promise<Tag[]> {
    const facts = { permission: 's3:GetBucketTagging', where: Bucket };
    return this.#call(facts, async () => {
      try {
        return (await this.#s3In(region).send(new GetBucketTaggingCommand({ Bucket }), { abortSignal: signal })).TagSet ?? [];
      } catch (error) {
        if ((error as Error).name === 'NoSuchTagSet') return [];
        throw error;
      }
    });
  }

  async #call<T>(facts: string | CallFacts, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw toSourceError(error, typeof facts === 'string' ? { permission: facts } : facts);
    }
  }

  #s3In(region: string): S3Client {
    return remember(this.#s3, region, () => new S3Client(explicitS3Config({ ...this.#access, region })));
  }

  #lambdaIn(region: string): LambdaClient {
    return remember(this.#lambda, region, () => new LambdaClient(explicitConfig({ ...this.#access, region })));
  }
}

export interface ReadDetails {
  readonly pages: readonly GetAccountAuthorizationDetailsResponse[];
  /** Why the pages are not all; null when they are. */
  readonly failure: unknown;
}

/**
 * Makes the client after asking AWS whose key it is: a key of another account than the scope's must not be read with,
 * whoever mixed them up. `GetCallerIdentity` needs no permission.
 */
export async function connectAws(scope: ScopeFile, env: Readonly<Record<string, string | undefined>>): Promise<AwsClient> {
  const settings = readSettings(scope, env);
  const endpoint = settings.endpointUrl === null ? null : await pinEndpoint(settings.endpointUrl, settings.allowPrivate);
  const sts = new STSClient(explicitConfig({ credentials: settings.credentials, endpoint, region: settings.regions[0] ?? DEFAULT_REGION }));
  let caller: { Account?: string | undefined; Arn?: string | undefined };
  try {
    caller = await sts.send(new GetCallerIdentityCommand({}));
  } catch (error) {
    throw toSourceError(error, { permission: 'sts:GetCallerIdentity' });
  } finally {
    sts.destroy();
  }
  if (caller.Account !== settings.account) {
    throw new SourceError('the access key belongs to another AWS account than the scope names', {
      code: 'AWS_ACCOUNT_MISMATCH', class: 'persistent', actor: 'customer', subject: settings.account,
    });
  }
  return new AwsClient(settings, endpoint, parseArn(caller.Arn ?? '')?.partition ?? 'aws');
}

async function collect<Page, Item>(source: AsyncIterable<Page>, items: (page: Page) => readonly Item[] | undefined): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of source) all.push(...(items(page) ?? []));
  return all;
}

function remember<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key) ?? make();
  cache.set(key, known);
  return known;
}
