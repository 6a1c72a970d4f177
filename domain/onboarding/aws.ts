/** The role that a customer makes for us (CRED-20): CloudFormation, or Terraform in its JSON syntax. The same input gives the same text. */
import type { ConnectorManifest } from '../connectors/manifest.ts';
import { awsReadPolicy } from './aws-policy.ts';
import { manifestNotReadOnly } from './problems.ts';

export interface AwsOnboarding {
  /** Who assumes the role: our principal. */
  readonly principal_arn: string;
  /** Of this connection alone. */
  readonly external_id: string;
  /** The longest budget of the connection's scopes. */
  readonly session_seconds: number;
  readonly manifest: ConnectorManifest;
}

export const READER_ROLE = 'sv0-reader';
const DESCRIPTION = 'Read-only inventory by sv0-pipeline. Deleting this role ends all access.';

export function cloudFormationTemplate(input: AwsOnboarding) {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: DESCRIPTION,
    Resources: {
      ReaderRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: READER_ROLE,
          Description: DESCRIPTION,
          MaxSessionDuration: maxSession(input),
          AssumeRolePolicyDocument: trustPolicy(input),
          Policies: [{ PolicyName: 'read-only-inventory', PolicyDocument: permissions(input) }],
        },
      },
    },
    Outputs: { RoleArn: { Description: 'Send this back to your operator', Value: { 'Fn::GetAtt': ['ReaderRole', 'Arn'] } } },
  };
}

export function terraformTemplate(input: AwsOnboarding) {
  return {
    resource: {
      aws_iam_role: {
        sv0_reader: {
          name: READER_ROLE,
          description: DESCRIPTION,
          max_session_duration: maxSession(input),
          assume_role_policy: JSON.stringify(trustPolicy(input)),
        },
      },
      aws_iam_role_policy: {
        sv0_reader: {
          name: 'read-only-inventory',
          role: '${aws_iam_role.sv0_reader.id}',
          policy: JSON.stringify(permissions(input)),
        },
      },
    },
    output: { role_arn: { description: 'Send this back to your operator', value: '${aws_iam_role.sv0_reader.arn}' } },
  };
}

function trustPolicy({ principal_arn, external_id }: AwsOnboarding) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OurPrincipalWithThisExternalId',
        Effect: 'Allow',
        Principal: { AWS: principal_arn },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': external_id } },
      },
    ],
  };
}

/** Between what AWS takes as the least and the most; what is asked for a run is its budget and a little more. */
const maxSession = ({ session_seconds }: AwsOnboarding): number =>
  Math.min(43_200, Math.max(3_600, Math.ceil((session_seconds + 60) / 3_600) * 3_600));

function permissions({ manifest }: AwsOnboarding) {
  const policy = awsReadPolicy(manifest);
  if (policy === null) throw manifestNotReadOnly(manifest.kind);
  return policy;
}
