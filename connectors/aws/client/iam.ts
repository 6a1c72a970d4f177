/** IAM: one listing for principals and policies, and calls for what it leaves out. */
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
import { type ExplicitConfig, explicitConfig } from '../sdk-config.ts';
import { call } from './call.ts';
import { collect, iamMarker, pages } from './pages.ts';

export interface ReadDetails {
  readonly pages: readonly GetAccountAuthorizationDetailsResponse[];
  /** Why the pages are not all; null when they are. */
  readonly failure: unknown;
}

export class IamReader {
  readonly #client: IAMClient;
  #details: Promise<ReadDetails> | undefined;

  constructor(config: ExplicitConfig) {
    this.#client = new IAMClient(explicitConfig(config));
  }

  /** Read once per run, whichever category asks first; what came before a failure is kept beside it. */
  authorizationDetails(abortSignal: AbortSignal): Promise<ReadDetails> {
    this.#details ??= this.#readDetails(abortSignal);
    return this.#details;
  }

  async #readDetails(abortSignal: AbortSignal): Promise<ReadDetails> {
    const permission = 'iam:GetAccountAuthorizationDetails';
    const send = (Marker?: string) =>
      call({ permission }, () => this.#client.send(new GetAccountAuthorizationDetailsCommand({ Marker }), { abortSignal }));
    const read: GetAccountAuthorizationDetailsResponse[] = [];
    try {
      for await (const page of pages(send, iamMarker, permission)) read.push(page);
    } catch (error) {
      return { pages: read, failure: error };
    }
    return { pages: read, failure: null };
  }

  users(abortSignal: AbortSignal): Promise<User[]> {
    const permission = 'iam:ListUsers';
    const send = (Marker?: string) => call({ permission }, () => this.#client.send(new ListUsersCommand({ Marker }), { abortSignal }));
    return collect(pages(send, iamMarker, permission), (page) => page.Users);
  }

  accessKeys(UserName: string, abortSignal: AbortSignal): Promise<AccessKeyMetadata[]> {
    const permission = 'iam:ListAccessKeys';
    const send = (Marker?: string) =>
      call({ permission }, () => this.#client.send(new ListAccessKeysCommand({ UserName, Marker }), { abortSignal }));
    return collect(pages(send, iamMarker, permission), (page) => page.AccessKeyMetadata);
  }

  async accessKeyLastUsed(AccessKeyId: string, abortSignal: AbortSignal): Promise<AccessKeyLastUsed | undefined> {
    const command = new GetAccessKeyLastUsedCommand({ AccessKeyId });
    return (await call({ permission: 'iam:GetAccessKeyLastUsed' }, () => this.#client.send(command, { abortSignal }))).AccessKeyLastUsed;
  }

  async oidcProviderArns(abortSignal: AbortSignal): Promise<string[]> {
    const command = new ListOpenIDConnectProvidersCommand({});
    const answer = await call({ permission: 'iam:ListOpenIDConnectProviders' }, () => this.#client.send(command, { abortSignal }));
    return (answer.OpenIDConnectProviderList ?? []).flatMap((provider) => provider.Arn ?? []).sort();
  }

  oidcProvider(OpenIDConnectProviderArn: string, abortSignal: AbortSignal): Promise<GetOpenIDConnectProviderResponse> {
    const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
    return call({ permission: 'iam:GetOpenIDConnectProvider' }, () => this.#client.send(command, { abortSignal }));
  }

  async samlProviders(abortSignal: AbortSignal): Promise<SAMLProviderListEntry[]> {
    const command = new ListSAMLProvidersCommand({});
    return (await call({ permission: 'iam:ListSAMLProviders' }, () => this.#client.send(command, { abortSignal }))).SAMLProviderList ?? [];
  }
}
