/** Any account's export as a world: what `aws iam get-account-authorization-details` prints, or what another tool made of the API's answer. */
import { z } from 'zod';
import { InvalidInputError, type InputProblem } from '../../domain/errors.ts';
import { loadedSigner } from './keys.ts';
import type { AuthorizationDetails, PolicyDocument, World } from './types.ts';

/** An object as the CLI prints it, a JSON string, or a URL-encoded JSON string as the API sends it. */
const policyDocument = z.unknown().transform((value, context): PolicyDocument => {
  const document = decode(value);
  if (typeof document === 'object' && document !== null && !Array.isArray(document) && 'Statement' in document)
    return document as PolicyDocument;
  context.addIssue({ code: 'custom', message: 'a policy document: an object, or its JSON, URL-encoded or not' });
  return z.NEVER;
});

function decode(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  try {
    return JSON.parse(text.startsWith('{') ? text : decodeURIComponent(text));
  } catch {
    return null;
  }
}

const attached = z.array(z.object({ PolicyName: z.string(), PolicyArn: z.string() })).default([]);
const inline = z.array(z.object({ PolicyName: z.string(), PolicyDocument: policyDocument })).default([]);
const tags = z.array(z.object({ Key: z.string(), Value: z.string() })).default([]);
const boundary = z
  .object({ PermissionsBoundaryType: z.string().default('PermissionsBoundaryPolicy'), PermissionsBoundaryArn: z.string() })
  .optional();
/** Other tools print moments with an offset or without milliseconds; the SDK reads RFC 3339 only. */
const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.datetime({ local: true })])
  .transform((text) => new Date(text).toISOString());
const common = { Path: z.string().default('/'), Arn: z.string().regex(/^arn:/), CreateDate: moment };

const user = z.object({
  ...common,
  UserName: z.string(),
  UserId: z.string(),
  UserPolicyList: inline,
  GroupList: z.array(z.string()).default([]),
  AttachedManagedPolicies: attached,
  PermissionsBoundary: boundary,
  Tags: tags,
});
const group = z.object({
  ...common,
  GroupName: z.string(),
  GroupId: z.string(),
  GroupPolicyList: inline,
  AttachedManagedPolicies: attached,
});
const role = z.object({
  ...common,
  RoleName: z.string(),
  RoleId: z.string(),
  AssumeRolePolicyDocument: policyDocument,
  InstanceProfileList: z.array(z.object({ Arn: z.string(), InstanceProfileName: z.string() })).default([]),
  RolePolicyList: inline,
  AttachedManagedPolicies: attached,
  PermissionsBoundary: boundary,
  Tags: tags,
  RoleLastUsed: z.object({ LastUsedDate: moment.optional(), Region: z.string().optional() }).optional(),
});
const version = z.object({ Document: policyDocument, VersionId: z.string(), IsDefaultVersion: z.boolean(), CreateDate: moment.optional() });
const policy = z.object({
  ...common,
  PolicyName: z.string(),
  PolicyId: z.string(),
  DefaultVersionId: z.string(),
  AttachmentCount: z.number().optional(),
  PermissionsBoundaryUsageCount: z.number().optional(),
  IsAttachable: z.boolean().optional(),
  UpdateDate: moment.optional(),
  PolicyVersionList: z.array(version),
});

const details = z.object({
  UserDetailList: z.array(user).default([]),
  GroupDetailList: z.array(group).default([]),
  RoleDetailList: z.array(role).default([]),
  Policies: z.array(policy).default([]),
});

/** Throws `InvalidInputError`, which names the fields and what was expected there, never a value. */
export function loadAuthorizationDetails(text: string): World {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal([{ field: '$', expected: 'JSON' }]);
  }
  const parsed = details.safeParse(value);
  if (!parsed.success) throw refusal(parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || '$', expected: issue.message })));
  const loaded = parsed.data as unknown as AuthorizationDetails;
  const account = onlyAccount(loaded);
  return {
    account,
    details: loaded,
    accessKeys: [],
    passwordLastUsed: {},
    oidcProviders: [],
    samlProviders: [],
    functions: {},
    eventSources: {},
    buckets: [],
    signers: [loadedSigner(account)],
  };
}

function onlyAccount({ UserDetailList, GroupDetailList, RoleDetailList, Policies }: AuthorizationDetails): string {
  const arns = [UserDetailList, GroupDetailList, RoleDetailList, Policies].flatMap((list) => list.map((item) => item.Arn));
  const accounts = [...new Set(arns.map((arn) => arn.split(':')[4] ?? '').filter((account) => account !== 'aws'))];
  const [account] = accounts;
  if (accounts.length !== 1 || account === undefined || !/^\d{12}$/.test(account)) {
    throw refusal([{ field: 'Arn', expected: 'ARNs of one account of twelve digits' }]);
  }
  return account;
}

function refusal(problems: readonly InputProblem[]): InvalidInputError {
  const [first] = problems;
  return new InvalidInputError('this is not what `aws iam get-account-authorization-details` prints', {
    code: 'INVALID_AUTHORIZATION_DETAILS',
    problems: problems.slice(0, 20),
    ...(first === undefined ? {} : { field: first.field, expected: first.expected }),
  });
}
