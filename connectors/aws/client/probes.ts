/** One call per permission, each of one item at most: what a connection test asks. */
import {
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListOpenIDConnectProvidersCommand,
  ListSAMLProvidersCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand, ListTagsCommand } from '@aws-sdk/client-lambda';
import { GetBucketLocationCommand, GetBucketTaggingCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { undecided } from '../../sdk/checks.ts';
import { type ExplicitConfig, explicitConfig, explicitS3Config } from '../sdk-config.ts';
import { call } from './call.ts';

const ONE = { MaxItems: 1 } as const;

export class AwsProbes {
  readonly #config: ExplicitConfig;
  readonly #regions: readonly string[];

  constructor(config: ExplicitConfig, regions: readonly string[]) {
    this.#config = config;
    this.#regions = regions;
  }

  async probe(permission: string, abortSignal: AbortSignal): Promise<void> {
    const [service] = permission.split(':');
    const ask = service === 'iam' ? this.#iam : service === 'lambda' ? this.#lambda : this.#s3;
    await ask.call(this, permission, { abortSignal });
  }

  async #iam(permission: string, options: { readonly abortSignal: AbortSignal }): Promise<void> {
    const iam = new IAMClient(explicitConfig(this.#config));
    const as = <T>(name: string, send: () => Promise<T>): Promise<T> => call({ permission: name }, send);
    const user = async (): Promise<string> => {
      const { Users = [] } = await as('iam:ListUsers', () => iam.send(new ListUsersCommand(ONE), options));
      return Users[0]?.UserName ?? nothing('user');
    };
    const key = async (): Promise<string> => {
      const UserName = await user();
      const listed = await as('iam:ListAccessKeys', () => iam.send(new ListAccessKeysCommand({ UserName, ...ONE }), options));
      return listed.AccessKeyMetadata?.[0]?.AccessKeyId ?? nothing('access key of the first user');
    };
    const provider = async (): Promise<string> => {
      const listed = await as('iam:ListOpenIDConnectProviders', () => iam.send(new ListOpenIDConnectProvidersCommand({}), options));
      return listed.OpenIDConnectProviderList?.[0]?.Arn ?? nothing('OIDC provider');
    };
    const asks: Readonly<Record<string, () => Promise<unknown>>> = {
      'iam:GetAccountAuthorizationDetails': () => iam.send(new GetAccountAuthorizationDetailsCommand(ONE), options),
      'iam:ListUsers': () => iam.send(new ListUsersCommand(ONE), options),
      'iam:ListAccessKeys': async () => {
        const UserName = await onTheWay('iam:ListUsers', user);
        await iam.send(new ListAccessKeysCommand({ UserName, ...ONE }), options);
      },
      'iam:GetAccessKeyLastUsed': async () => {
        const AccessKeyId = await onTheWay('iam:ListAccessKeys', key);
        await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }), options);
      },
      'iam:ListOpenIDConnectProviders': () => iam.send(new ListOpenIDConnectProvidersCommand({}), options),
      'iam:GetOpenIDConnectProvider': async () => {
        const OpenIDConnectProviderArn = await onTheWay('iam:ListOpenIDConnectProviders', provider);
        await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }), options);
      },
      'iam:ListSAMLProviders': () => iam.send(new ListSAMLProvidersCommand({}), options),
    };
    try {
      await as(permission, asks[permission] ?? noCall);
    } finally {
      iam.destroy();
    }
  }

  async #lambda(permission: string, options: { readonly abortSignal: AbortSignal }): Promise<void> {
    const [region] = this.#regions;
    if (region === undefined) throw undecided('no scope of this instance names a region to ask in');
    const lambda = new LambdaClient(explicitConfig({ ...this.#config, region }));
    const list = () => lambda.send(new ListFunctionsCommand(ONE), options);
    const asks: Readonly<Record<string, () => Promise<unknown>>> = {
      'lambda:ListFunctions': list,
      'lambda:ListEventSourceMappings': () => lambda.send(new ListEventSourceMappingsCommand(ONE), options),
      'lambda:ListTags': async () => {
        const { Functions = [] } = await onTheWay('lambda:ListFunctions', list);
        await lambda.send(new ListTagsCommand({ Resource: Functions[0]?.FunctionArn ?? nothing('function') }), options);
      },
    };
    try {
      await call({ permission, where: region }, asks[permission] ?? noCall);
    } finally {
      lambda.destroy();
    }
  }

  async #s3(permission: string, options: { readonly abortSignal: AbortSignal }): Promise<void> {
    const s3 = new S3Client(explicitS3Config(this.#config));
    const list = () => s3.send(new ListBucketsCommand({ MaxBuckets: 1 }), options);
    const bucket = async (): Promise<string> => {
      const { Buckets = [] } = await onTheWay('s3:ListAllMyBuckets', list);
      return Buckets[0]?.Name ?? nothing('bucket');
    };
    const asks: Readonly<Record<string, () => Promise<unknown>>> = {
      's3:ListAllMyBuckets': list,
      's3:GetBucketLocation': async () => s3.send(new GetBucketLocationCommand({ Bucket: await bucket() }), options),
      's3:GetBucketTagging': async () => {
        const command = new GetBucketTaggingCommand({ Bucket: await bucket() });
        // A bucket without tags is an answer.
        await s3.send(command, options).catch((error: Error) => {
          if (error.name !== 'NoSuchTagSet') throw error;
        });
      },
    };
    try {
      await call({ permission }, asks[permission] ?? noCall);
    } finally {
      s3.destroy();
    }
  }
}

const noCall = async (): Promise<never> => {
  throw undecided('the connector has no call that tells');
};

function nothing(what: string): never {
  throw undecided(`the account has no ${what} to try it on`);
}

/** What has to be found first: its refusal says nothing of the permission that is asked about. */
async function onTheWay<T>(permission: string, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if ((error as { code?: unknown }).code === undefined && (error as Error).name === 'AbortError') throw error;
    if ((error as { code?: unknown }).code === 'CHECK_UNDECIDED') throw error;
    throw undecided(`it cannot be tried before ${permission} is granted`);
  }
}
