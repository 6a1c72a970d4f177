/** A customer who creates a CloudFormation stack: the template's roles are in the account from then on. Roles with inline policies only. */
import { createHash } from 'node:crypto';
import type { PolicyDocument, RoleDetail, World } from './types.ts';

interface RoleProperties {
  readonly RoleName: string;
  readonly MaxSessionDuration?: number;
  readonly AssumeRolePolicyDocument: PolicyDocument;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }[];
}

/** ARNs of the roles, in the template's order. Roles of the same name are replaced. Throws for any other resource. */
export function createStack(world: World, template: unknown): readonly string[] {
  const resources = (template as { Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: unknown }>> })
    .Resources;
  const roles = Object.values(resources).map(({ Type, Properties }) => {
    if (Type !== 'AWS::IAM::Role') throw new Error(`the emulator makes no ${Type}`);
    return roleOf(world.account, Properties as RoleProperties);
  });
  const list = world.details.RoleDetailList as RoleDetail[];
  for (const role of roles) {
    const present = list.findIndex(({ Arn }) => Arn === role.Arn);
    list.splice(present === -1 ? list.length : present, present === -1 ? 0 : 1, role);
  }
  return roles.map(({ Arn }) => Arn);
}

function roleOf(account: string, properties: RoleProperties): RoleDetail {
  const { RoleName, MaxSessionDuration, AssumeRolePolicyDocument, Policies = [] } = properties;
  const Arn = `arn:aws:iam::${account}:role/${RoleName}`;
  return {
    Path: '/',
    RoleName,
    RoleId: `AROA${createHash('sha256').update(Arn).digest('hex').slice(0, 17).toUpperCase()}`,
    Arn,
    CreateDate: '2026-01-01T00:00:00Z',
    AssumeRolePolicyDocument,
    ...(MaxSessionDuration === undefined ? {} : { MaxSessionDuration }),
    RolePolicyList: Policies,
    AttachedManagedPolicies: [],
  };
}
