/** Users, groups and roles of `GetAccountAuthorizationDetails`, with what is attached to each. */
import type { AttachedPolicy, GroupDetail, PolicyDetail, RoleDetail, User, UserDetail } from '@aws-sdk/client-iam';
import type { EntityRef, Props } from '../../../domain/graph/types.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { combine, type Converted, NOTHING } from '../collector.ts';
import { parsePolicyDocument } from '../policy/document.ts';
import { labelsFromTags, ownerFromTags } from './tags.ts';
import { grants, readInlinePolicy, type ReadPolicies, statementEntities } from './policies.ts';
import { identityRef, isoDate, roleRef } from './refs.ts';
import { convertTrust, type TrustFacts } from './trust.ts';

export interface PrincipalFacts {
  readonly account: string;
  readonly policies: ReadPolicies;
  readonly known: TrustFacts['known'];
  /** ARN of a group by its name. */
  readonly groupArns: ReadonlyMap<string, string>;
}

export interface ConvertedPrincipal extends Converted {
  /** What of it could not be read: `trust policy`, `inline policy NAME`, `policy ARN`. */
  readonly unread: readonly string[];
}

/** `listed` is the same user from `ListUsers`, which alone says when its password was last used. */
export function convertUser(facts: PrincipalFacts, user: UserDetail, listed: User | undefined): ConvertedPrincipal {
  const arn = user.Arn ?? '';
  const ref = identityRef(arn);
  const attached = attachments(facts, ref, arn, user.UserPolicyList ?? [], user.AttachedManagedPolicies ?? [], user.PermissionsBoundary);
  const groups = [...new Set(user.GroupList ?? [])].sort();
  const memberships: Converted['edges'] = groups.flatMap((name) => {
    const group = facts.groupArns.get(name);
    return group === undefined ? [] : [{ from: ref, to: identityRef(group), type: 'MEMBER_OF' as const, props: {} }];
  });
  const entity = {
    type: 'identity' as const,
    subtype: 'iam_user',
    native_id: arn,
    display_name: user.UserName ?? arn,
    props: {
      ...labelsFromTags(user.Tags ?? []),
      ...attached.props,
      arn,
      unique_id: user.UserId ?? null,
      path: user.Path ?? null,
      created_at: isoDate(user.CreateDate),
      password_last_used_at: isoDate(listed?.PasswordLastUsed),
      groups,
      // IAM cannot disable a user; its keys and its password are what is switched off.
      enabled: true,
    },
    join_keys: [],
  };
  const owner = ownerFromTags(ref, user.Tags ?? []);
  return { ...combine([{ entities: [entity], edges: memberships }, attached, owner]), unread: attached.unread };
}

export function convertGroup(facts: PrincipalFacts, group: GroupDetail): ConvertedPrincipal {
  const arn = group.Arn ?? '';
  const attached = attachments(facts, identityRef(arn), arn, group.GroupPolicyList ?? [], group.AttachedManagedPolicies ?? [], undefined);
  const entity = {
    type: 'identity' as const,
    subtype: 'iam_group',
    native_id: arn,
    display_name: group.GroupName ?? arn,
    props: { ...attached.props, arn, unique_id: group.GroupId ?? null, path: group.Path ?? null, created_at: isoDate(group.CreateDate) },
    join_keys: [],
  };
  return { ...combine([{ entities: [entity], edges: [] }, attached]), unread: attached.unread };
}

export function convertRole(facts: PrincipalFacts, role: RoleDetail): ConvertedPrincipal {
  const arn = role.Arn ?? '';
  const ref = roleRef(arn);
  const attached = attachments(facts, ref, arn, role.RolePolicyList ?? [], role.AttachedManagedPolicies ?? [], role.PermissionsBoundary);
  const trustStatements = parsePolicyDocument(role.AssumeRolePolicyDocument);
  const trust =
    trustStatements === null ? NOTHING : convertTrust({ roleArn: arn, account: facts.account, known: facts.known }, trustStatements);
  const entity = {
    type: 'role' as const,
    subtype: 'iam_role',
    native_id: arn,
    display_name: role.RoleName ?? arn,
    props: {
      ...labelsFromTags(role.Tags ?? []),
      ...attached.props,
      arn,
      unique_id: role.RoleId ?? null,
      path: role.Path ?? null,
      created_at: isoDate(role.CreateDate),
      // AWS tracks 400 days; null is "not used in that time" (IAM User Guide, "Last accessed information").
      last_used_at: isoDate(role.RoleLastUsed?.LastUsedDate),
      last_used_region: role.RoleLastUsed?.Region ?? null,
      service_linked: (role.Path ?? '').startsWith('/aws-service-role/'),
      instance_profile_arns: (role.InstanceProfileList ?? []).flatMap((profile) => profile.Arn ?? []).sort(),
      trust_readable: trustStatements !== null,
      enabled: true,
    },
    join_keys: [{ k: JOIN_KEYS.roleArn, v: arn }],
  };
  const owner = ownerFromTags(ref, role.Tags ?? []);
  return {
    ...combine([{ entities: [entity], edges: [] }, attached, trust, owner]),
    unread: [...attached.unread, ...(trustStatements === null ? ['trust policy'] : [])],
  };
}

interface Attachments extends ConvertedPrincipal {
  readonly props: Props;
}

function attachments(
  facts: PrincipalFacts,
  principal: EntityRef,
  arn: string,
  inline: readonly PolicyDetail[],
  managed: readonly AttachedPolicy[],
  boundary: { readonly PermissionsBoundaryArn?: string | undefined } | undefined,
): Attachments {
  const unread: string[] = [];
  const parts: Converted[] = inline.map((detail) => {
    const policy = readInlinePolicy(arn, detail);
    if (policy === null) unread.push(`inline policy ${detail.PolicyName ?? ''}`);
    return policy === null ? NOTHING : { entities: statementEntities(policy, arn, null), edges: grants(principal, policy) };
  });
  const attachedArns = [...new Set(managed.flatMap((policy) => policy.PolicyArn ?? []))].sort();
  for (const policyArn of attachedArns) {
    const policy = facts.policies.byArn.get(policyArn);
    if (policy === undefined) unread.push(`policy ${policyArn}`);
    else parts.push({ entities: [], edges: grants(principal, policy) });
  }
  const boundaryArn = boundary?.PermissionsBoundaryArn ?? null;
  if (boundaryArn !== null && !facts.policies.byArn.has(boundaryArn)) unread.push(`policy ${boundaryArn}`);
  return {
    ...combine(parts),
    unread,
    props: {
      attached_policy_arns: attachedArns,
      inline_policy_names: [...new Set(inline.flatMap((policy) => policy.PolicyName ?? []))].sort(),
      // A boundary confers nothing, so it has no edge: its statements are those whose `policy_arn` this is.
      permissions_boundary_arn: boundaryArn,
    },
  };
}
