/** IAM: the query protocol, reads only (IAM API reference, version 2010-05-08). */
import { AwsRefusal } from './refusal.ts';
import { type Emulation, paged, permit, refuseWrite, type ServiceRequest } from './service.ts';
import type { World } from './types.ts';

/** The content of `<ActionResult>`. */
export type QueryResult = Readonly<Record<string, unknown>>;
type Read = (emulation: Emulation, world: World, params: URLSearchParams) => QueryResult;

const READS: Readonly<Record<string, Read>> = {
  GetAccountAuthorizationDetails: authorizationDetails,
  ListUsers: (emulation, world, params) => {
    const users = world.details.UserDetailList.map(({ Path, UserName, UserId, Arn, CreateDate }) => {
      return { Path, UserName, UserId, Arn, CreateDate, PasswordLastUsed: world.passwordLastUsed[UserName] };
    });
    return listing(emulation, params, 'Users', users);
  },
  ListAccessKeys: (emulation, world, params) => {
    const UserName = existingUser(world, params.get('UserName'));
    const keys = world.accessKeys.filter((key) => key.UserName === UserName);
    return listing(
      emulation,
      params,
      'AccessKeyMetadata',
      keys.map(({ AccessKeyId, Status, CreateDate }) => ({ UserName, AccessKeyId, Status, CreateDate })),
    );
  },
  GetAccessKeyLastUsed: (_, world, params) => {
    const key = world.accessKeys.find((one) => one.AccessKeyId === params.get('AccessKeyId'));
    if (key === undefined) throw new AwsRefusal('AccessDenied', 403);
    const { date, service = 'N/A', region = 'N/A' } = key.LastUsed ?? {};
    return { UserName: key.UserName, AccessKeyLastUsed: { LastUsedDate: date, ServiceName: service, Region: region } };
  },
  ListOpenIDConnectProviders: (_, world) => ({ OpenIDConnectProviderList: world.oidcProviders.map(({ Arn }) => ({ Arn })) }),
  GetOpenIDConnectProvider: (_, world, params) => {
    const provider = world.oidcProviders.find((one) => one.Arn === params.get('OpenIDConnectProviderArn'));
    if (provider === undefined) throw new AwsRefusal('NoSuchEntity', 404);
    const { Url, ClientIDList, ThumbprintList, CreateDate } = provider;
    return { Url, ClientIDList, ThumbprintList, CreateDate };
  },
  ListSAMLProviders: (_, world) => ({ SAMLProviderList: world.samlProviders }),
};

export function iamCall(emulation: Emulation, request: ServiceRequest, action: string, params: URLSearchParams): QueryResult {
  const read = READS[action];
  if (read === undefined) refuseWrite(emulation, `iam:${action}`);
  permit(emulation, request, `iam:${action}`);
  return read(emulation, request.caller.world, params);
}

function listing(emulation: Emulation, params: URLSearchParams, name: string, items: readonly unknown[]): QueryResult {
  const page = paged(emulation, items, params.get('Marker'), params.get('MaxItems'));
  return { [name]: page.items, IsTruncated: page.next !== null, ...(page.next === null ? {} : { Marker: page.next }) };
}

/** Users, groups, roles and policies are one listing that is cut into pages: a page can hold some of each. */
function authorizationDetails(emulation: Emulation, world: World, params: URLSearchParams): QueryResult {
  const { UserDetailList, GroupDetailList, RoleDetailList, Policies } = world.details;
  const wanted = new Set([...params].filter(([name]) => name.startsWith('Filter.member.')).map(([, value]) => value));
  const wants = (kind: string): boolean => wanted.size === 0 || wanted.has(kind);
  const all = [
    ...(wants('User') ? UserDetailList.map((item) => ({ list: 'UserDetailList', item })) : []),
    ...(wants('Group') ? GroupDetailList.map((item) => ({ list: 'GroupDetailList', item })) : []),
    ...(wants('Role') ? RoleDetailList.map((item) => ({ list: 'RoleDetailList', item })) : []),
    ...Policies.filter(({ Arn }) => wants(Arn.startsWith('arn:aws:iam::aws:') ? 'AWSManagedPolicy' : 'LocalManagedPolicy')).map((item) => ({
      list: 'Policies',
      item,
    })),
  ];
  const page = paged(emulation, all, params.get('Marker'), params.get('MaxItems'));
  const of = (list: string): unknown[] => page.items.filter((entry) => entry.list === list).map((entry) => entry.item);
  return {
    UserDetailList: of('UserDetailList'),
    GroupDetailList: of('GroupDetailList'),
    RoleDetailList: of('RoleDetailList'),
    Policies: of('Policies'),
    IsTruncated: page.next !== null,
    ...(page.next === null ? {} : { Marker: page.next }),
  };
}

function existingUser(world: World, name: string | null): string {
  const user = world.details.UserDetailList.find((one) => one.UserName === name);
  if (user === undefined) throw new AwsRefusal('NoSuchEntity', 404);
  return user.UserName;
}
