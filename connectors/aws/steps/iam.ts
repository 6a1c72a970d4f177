/** The category `iam`: one listing for principals and policies, further calls for what it leaves out. */
import type { GroupDetail, ManagedPolicyDetail, RoleDetail, User, UserDetail } from '@aws-sdk/client-iam';
import { SourceError, type StepContext } from '../../sdk/types.ts';
import { mapBounded } from '../../sdk/http.ts';
import type { ReadDetails } from '../client/iam.ts';
import type { AwsClient } from '../client.ts';
import { combine, type Converted, emitSorted } from '../collector.ts';
import { convertAccessKey } from '../converters/access-keys.ts';
import { convertManagedPolicies, readManagedPolicies } from '../converters/policies.ts';
import { type ConvertedPrincipal, convertGroup, convertRole, convertUser, type PrincipalFacts } from '../converters/principals.ts';
import { convertOidcProvider, convertSamlProvider } from '../converters/providers.ts';
import { perItem, section } from './section.ts';

/** IAM throttles an account, not a client: more at a time only makes more 429s. */
const CALLS_AT_A_TIME = 6;

type Context = StepContext<AwsClient>;

export async function readIam(context: Context): Promise<void> {
  const { client, signal } = context;
  const details = await client.iam.authorizationDetails(signal);
  const read = sortedDetails(details);
  if (details.pages.length === 0) throw details.failure;
  context.scanned(read.users.length + read.groups.length + read.roles.length + read.policies.length);
  if (details.failure === null) await readRest(context, read);
  else {
    await emitSorted(context, convertPrincipals(context, read, [], null, false));
    throw details.failure;
  }
}

async function readRest(context: Context, read: SortedDetails): Promise<void> {
  const { client, signal } = context;
  const listed = (await section(context, () => client.iam.users(signal))) ?? [];
  const saml = (await section(context, () => client.iam.samlProviders(signal))) ?? null;
  const oidc = await readOidcProviders(context);
  const samlArns = saml === null ? null : new Set(saml.flatMap((provider) => provider.Arn ?? []));
  const principals = convertPrincipals(context, read, listed, samlArns, true);
  await emitSorted(context, combine([...(saml ?? []).map(convertSamlProvider), oidc, principals]));
  // The part of many calls comes last: a deadline during it keeps what is above.
  await emitSorted(context, await readAccessKeys(context, read.users));
}

async function readOidcProviders(context: Context): Promise<Converted> {
  const { client, signal } = context;
  const arns = (await section(context, () => client.iam.oidcProviderArns(signal))) ?? [];
  context.scanned(arns.length);
  const each = perItem(context);
  return combine(
    await mapBounded(arns, CALLS_AT_A_TIME, async (arn) =>
      convertOidcProvider(arn, await each('iam:GetOpenIDConnectProvider', () => client.iam.oidcProvider(arn, signal))),
    ),
  );
}

async function readAccessKeys(context: Context, users: readonly UserDetail[]): Promise<Converted> {
  const { client, signal } = context;
  const each = perItem(context);
  return combine(
    await mapBounded(users, CALLS_AT_A_TIME, async (user) => {
      const keys = (await each('iam:ListAccessKeys', () => client.iam.accessKeys(user.UserName ?? '', signal))) ?? [];
      context.scanned(keys.length);
      const converted = keys.map(async (key) => {
        const lastUsed = await each('iam:GetAccessKeyLastUsed', () => client.iam.accessKeyLastUsed(key.AccessKeyId ?? '', signal));
        return convertAccessKey(user.Arn ?? '', key, lastUsed);
      });
      return combine(await Promise.all(converted));
    }),
  );
}

/** `complete` is false when pages are missing: a policy that was not seen is then no news. */
function convertPrincipals(
  context: Context,
  read: SortedDetails,
  listed: readonly User[],
  samlProviders: ReadonlySet<string> | null,
  complete: boolean,
): Converted {
  const policies = readManagedPolicies(read.policies);
  const facts: PrincipalFacts = {
    account: context.scope.source_tenant,
    policies,
    known: {
      roles: new Set(read.roles.flatMap((role) => role.Arn ?? [])),
      users: new Set(read.users.flatMap((user) => user.Arn ?? [])),
      complete,
      samlProviders,
    },
    groupArns: new Map(read.groups.map((group) => [group.GroupName ?? '', group.Arn ?? ''])),
  };
  const listedByArn = new Map(listed.map((user) => [user.Arn, user]));
  const principals: [string | undefined, ConvertedPrincipal][] = [
    ...read.users.map((user): [string | undefined, ConvertedPrincipal] => [user.Arn, convertUser(facts, user, listedByArn.get(user.Arn))]),
    ...read.groups.map((group): [string | undefined, ConvertedPrincipal] => [group.Arn, convertGroup(facts, group)]),
    ...read.roles.map((role): [string | undefined, ConvertedPrincipal] => [role.Arn, convertRole(facts, role)]),
  ];
  if (complete) {
    for (const [arn, { unread }] of principals) for (const what of unread) context.incomplete(unreadable(`${arn ?? ''} ${what}`));
    for (const arn of policies.unreadable) context.incomplete(unreadable(arn));
  }
  return combine([...principals.map(([, converted]) => converted), convertManagedPolicies(read.policies, policies)]);
}

function unreadable(subject: string): SourceError {
  return new SourceError('AWS listed a policy without a document that can be read', {
    code: 'AWS_POLICY_UNREADABLE',
    class: 'persistent',
    actor: 'engineer',
    subject,
  });
}

export interface SortedDetails {
  readonly users: readonly UserDetail[];
  readonly groups: readonly GroupDetail[];
  readonly roles: readonly RoleDetail[];
  readonly policies: readonly ManagedPolicyDetail[];
}

/** By ARN, and each once: a change while paging can show an item on two pages. */
export function sortedDetails({ pages }: ReadDetails): SortedDetails {
  return {
    users: byArn(pages.flatMap((page) => page.UserDetailList ?? [])),
    groups: byArn(pages.flatMap((page) => page.GroupDetailList ?? [])),
    roles: byArn(pages.flatMap((page) => page.RoleDetailList ?? [])),
    policies: byArn(pages.flatMap((page) => page.Policies ?? [])),
  };
}

function byArn<T extends { readonly Arn?: string | undefined }>(items: readonly T[]): T[] {
  const known = new Map<string, T>();
  for (const item of items) if (item.Arn !== undefined) known.set(item.Arn, item);
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
