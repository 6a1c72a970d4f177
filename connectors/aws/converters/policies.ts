/** Managed and inline policies as statements, and which principal each is attached to. */
import type { ManagedPolicyDetail, PolicyDetail } from '@aws-sdk/client-iam';
import type { EntityRef } from '../../../domain/graph/types.ts';
import type { EmittedEntity } from '../../sdk/types.ts';
import type { Converted } from '../collector.ts';
import { conditionKeys, parsePolicyDocument, type PolicyStatement, statementKeys } from '../policy/document.ts';
import { isoDate, parseArn, permissionRef } from './refs.ts';

/** A policy whose document could be read: its statements by native id, in document order. */
export interface ReadPolicy {
  readonly name: string;
  /** Null for an inline policy. */
  readonly arn: string | null;
  readonly statements: readonly { readonly nativeId: string; readonly statement: PolicyStatement }[];
}

export interface ReadPolicies {
  readonly byArn: ReadonlyMap<string, ReadPolicy>;
  /** ARNs whose default version has no document that we can read. */
  readonly unreadable: readonly string[];
}

export function readManagedPolicies(policies: readonly ManagedPolicyDetail[]): ReadPolicies {
  const byArn = new Map<string, ReadPolicy>();
  const unreadable: string[] = [];
  for (const policy of policies) {
    if (policy.Arn === undefined) continue;
    const version = defaultVersion(policy);
    const statements = parsePolicyDocument(version?.Document);
    if (statements === null) unreadable.push(policy.Arn);
    else
      byArn.set(
        policy.Arn,
        readPolicy(policyName(policy, policy.Arn), policy.Arn, `${policy.Arn}#${version?.VersionId ?? ''}`, statements),
      );
  }
  return { byArn, unreadable: unreadable.sort() };
}

/** Null when the document cannot be read. */
export function readInlinePolicy(ownerArn: string, policy: PolicyDetail): ReadPolicy | null {
  const statements = parsePolicyDocument(policy.PolicyDocument);
  const name = policy.PolicyName ?? '';
  return statements === null ? null : readPolicy(name, null, `${ownerArn}/${name}#inline`, statements);
}

function readPolicy(name: string, arn: string | null, base: string, statements: readonly PolicyStatement[]): ReadPolicy {
  const keys = statementKeys(statements);
  return { name, arn, statements: statements.map((statement, index) => ({ nativeId: `${base}:${keys[index] ?? ''}`, statement })) };
}

function defaultVersion(policy: ManagedPolicyDetail): { VersionId?: string | undefined; Document?: unknown } | undefined {
  const versions = policy.PolicyVersionList ?? [];
  return (
    versions.find((version) => version.VersionId === policy.DefaultVersionId) ??
    versions.find((version) => version.IsDefaultVersion === true)
  );
}

export function convertManagedPolicies(policies: readonly ManagedPolicyDetail[], read: ReadPolicies): Converted {
  return {
    entities: policies.flatMap((policy) => {
      if (policy.Arn === undefined) return [];
      const known = read.byArn.get(policy.Arn);
      return [
        policyEntity(policy, policy.Arn, known),
        ...(known === undefined ? [] : statementEntities(known, policy.Arn, policy.DefaultVersionId ?? null)),
      ];
    }),
    edges: [],
  };
}

function policyEntity(policy: ManagedPolicyDetail, arn: string, read: ReadPolicy | undefined): EmittedEntity {
  return {
    type: 'permission',
    subtype: 'iam_policy',
    native_id: arn,
    display_name: policyName(policy, arn),
    props: {
      arn,
      aws_managed: isAwsManaged(arn),
      default_version: policy.DefaultVersionId ?? null,
      attachment_count: policy.AttachmentCount ?? null,
      boundary_usage_count: policy.PermissionsBoundaryUsageCount ?? null,
      created_at: isoDate(policy.CreateDate),
      updated_at: isoDate(policy.UpdateDate),
      readable: read !== undefined,
      statement_ids: [...new Set((read?.statements ?? []).map(({ nativeId }) => nativeId))].sort(),
    },
    join_keys: [],
  };
}

/** Statement entities of one policy. `ownerArn` is the policy's own ARN, or of an inline policy the principal that it is in. */
export function statementEntities(policy: ReadPolicy, ownerArn: string, version: string | null): EmittedEntity[] {
  return policy.statements.map(({ nativeId, statement }) => ({
    type: 'permission',
    subtype: 'iam_statement',
    native_id: nativeId,
    display_name: `${policy.name}${statement.sid === null ? '' : ` / ${statement.sid}`}`.slice(0, 256).toWellFormed(),
    props: {
      effect: statement.effect,
      actions: statement.actions,
      not_actions: statement.notActions,
      resources: statement.resources,
      not_resources: statement.notResources,
      condition_keys: conditionKeys(statement),
      has_conditions: statement.conditions.length > 0,
      sid: statement.sid,
      policy_name: policy.name,
      policy_arn: policy.arn,
      policy_kind: policy.arn === null ? 'inline' : isAwsManaged(policy.arn) ? 'aws_managed' : 'customer_managed',
      policy_version: version,
      owner_arn: policy.arn === null ? ownerArn : null,
    },
    join_keys: [],
  }));
}

/** `GRANTS` from a principal to every statement of the policy. A `Deny` takes away: the edge says so in `effect`, and it never reaches a resource. */
export function grants(principal: EntityRef, policy: ReadPolicy): Converted['edges'] {
  return policy.statements.map(({ nativeId, statement }) => ({
    from: principal,
    to: permissionRef(nativeId),
    type: 'GRANTS',
    props: {
      effect: statement.effect,
      attached_as: policy.arn === null ? 'inline' : 'managed',
      policy_name: policy.name,
      policy_arn: policy.arn,
    },
  }));
}

/** An ARN ends in the policy's name, after its path; some servers of this API say it there only. */
const policyName = (policy: ManagedPolicyDetail, arn: string): string => policy.PolicyName ?? arn.slice(arn.lastIndexOf('/') + 1);

const isAwsManaged = (arn: string): boolean => parseArn(arn)?.account === 'aws';
