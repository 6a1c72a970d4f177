/** AWS: roles that one principal assumes with an external ID, and policies that read. */
import { isAwsRead } from '../permissions.ts';
import { isRecord, listOf, type TemplateProblem, unknownKeys } from './problem.ts';

type Document = Readonly<Record<string, unknown>>;

/** Read-only policies of AWS that give away no data; `ReadOnlyAccess` reads objects and items. */
const MANAGED = /^arn:aws(?:-cn|-us-gov)?:iam::aws:policy\/(?:SecurityAudit|job-function\/ViewOnlyAccess)$/;
const MANAGED_EXPECTED = 'SecurityAudit or ViewOnlyAccess of AWS';

const CLOUD_FORMATION = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
];

/** Without `Transform`: a macro may make any resource. */
export function cloudFormationProblems(template: Document): readonly TemplateProblem[] {
  const { Resources } = template;
  if (!isRecord(Resources)) return [{ path: 'Resources', expected: 'an object of resources' }];
  const resources = Object.entries(Resources).flatMap(([name, resource]) => {
    const path = `Resources.${name}`;
    const properties = isRecord(resource) ? resource['Properties'] : undefined;
    if (!isRecord(resource) || !isRecord(properties)) return [{ path, expected: 'a resource with its Properties' }];
    switch (resource['Type']) {
      case 'AWS::IAM::Role':
        return roleProblems(properties, path);
      case 'AWS::IAM::ManagedPolicy':
      case 'AWS::IAM::Policy':
        return policyProblems(properties['PolicyDocument'], `${path}.PolicyDocument`);
      default:
        return [{ path: `${path}.Type`, expected: 'AWS::IAM::Role, AWS::IAM::ManagedPolicy or AWS::IAM::Policy' }];
    }
  });
  return [...unknownKeys(template, CLOUD_FORMATION, '$'), ...resources];
}

const ROLE_PROPERTIES = [
  'AssumeRolePolicyDocument',
  'Description',
  'ManagedPolicyArns',
  'MaxSessionDuration',
  'Path',
  'PermissionsBoundary',
  'Policies',
  'RoleName',
  'Tags',
];

function roleProblems(properties: Document, path: string): readonly TemplateProblem[] {
  return [
    ...unknownKeys(properties, ROLE_PROPERTIES, path),
    ...trustProblems(properties['AssumeRolePolicyDocument'], `${path}.AssumeRolePolicyDocument`),
    ...listOf(properties['ManagedPolicyArns']).flatMap((arn, index) =>
      typeof arn === 'string' && MANAGED.test(arn) ? [] : [{ path: `${path}.ManagedPolicyArns[${index}]`, expected: MANAGED_EXPECTED }],
    ),
    ...listOf(properties['Policies']).flatMap((policy, index) =>
      policyProblems(isRecord(policy) ? policy['PolicyDocument'] : policy, `${path}.Policies[${index}].PolicyDocument`),
    ),
  ];
}

/** Policies are JSON in a string there. */
export function terraformProblems(template: Document): readonly TemplateProblem[] {
  const { resource } = template;
  if (!isRecord(resource)) return [{ path: 'resource', expected: 'an object of resources' }];
  const resources = Object.entries(resource).flatMap(([type, named]) => {
    if (!isRecord(named)) return [{ path: `resource.${type}`, expected: 'an object of named resources' }];
    return Object.entries(named).flatMap(([name, body]): readonly TemplateProblem[] => {
      const path = `resource.${type}.${name}`;
      const read = (key: string): unknown => parsed(isRecord(body) ? body[key] : undefined);
      switch (type) {
        case 'aws_iam_role':
          return [
            ...unknownKeys(isRecord(body) ? body : {}, TERRAFORM_ROLE, path),
            ...trustProblems(read('assume_role_policy'), `${path}.assume_role_policy`),
          ];
        case 'aws_iam_policy':
        case 'aws_iam_role_policy':
          return policyProblems(read('policy'), `${path}.policy`);
        case 'aws_iam_role_policy_attachment': {
          const arn = isRecord(body) ? body['policy_arn'] : undefined;
          return typeof arn === 'string' && MANAGED.test(arn) ? [] : [{ path: `${path}.policy_arn`, expected: MANAGED_EXPECTED }];
        }
        default:
          return [{ path, expected: 'aws_iam_role, aws_iam_policy, aws_iam_role_policy or aws_iam_role_policy_attachment' }];
      }
    });
  });
  return [...unknownKeys(template, ['output', 'provider', 'resource', 'terraform', 'variable'], '$'), ...resources];
}

const TERRAFORM_ROLE = ['assume_role_policy', 'description', 'max_session_duration', 'name', 'path', 'permissions_boundary', 'tags'];

export function policyProblems(document: unknown, path: string): readonly TemplateProblem[] {
  return statementsOf(document, path, (statement, at) => {
    // What is denied takes nothing from anybody.
    if (statement['Effect'] === 'Deny') return [];
    if (statement['Effect'] !== 'Allow') return [{ path: `${at}.Effect`, expected: 'Allow or Deny' }];
    if ('NotAction' in statement) return [{ path: `${at}.NotAction`, expected: 'Action: everything else is not a list of reads' }];
    const actions = listOf(statement['Action']);
    if (actions.length === 0) return [{ path: `${at}.Action`, expected: 'a list of reads' }];
    return actions.flatMap((action, index) =>
      typeof action === 'string' && isAwsRead(action)
        ? []
        : [{ path: `${at}.Action[${index}]`, expected: 'an action that reads settings: Get…, List…, Describe…, and gives away no data' }],
    );
  });
}

function trustProblems(document: unknown, path: string): readonly TemplateProblem[] {
  return statementsOf(document, path, (statement, at) => {
    if (statement['Effect'] === 'Deny') return [];
    const problems: TemplateProblem[] = [];
    if (statement['Effect'] !== 'Allow') problems.push({ path: `${at}.Effect`, expected: 'Allow or Deny' });
    if (statement['Action'] !== 'sts:AssumeRole') problems.push({ path: `${at}.Action`, expected: 'sts:AssumeRole alone' });
    const principal = isRecord(statement['Principal']) ? statement['Principal'] : {};
    const arn = principal['AWS'];
    if (Object.keys(principal).length !== 1 || typeof arn !== 'string' || !/^arn:aws(?:-cn|-us-gov)?:iam::\d{12}:[\w+=,.@/-]+$/.test(arn))
      problems.push({ path: `${at}.Principal`, expected: 'one principal of AWS, by its ARN' });
    const condition = isRecord(statement['Condition']) ? statement['Condition'] : {};
    const equals = isRecord(condition['StringEquals']) ? condition['StringEquals'] : {};
    const id = equals['sts:ExternalId'];
    if (typeof id !== 'string' || !/^[\w+=,.@:/-]{32,1224}$/.test(id))
      problems.push({ path: `${at}.Condition`, expected: 'StringEquals with one sts:ExternalId of at least 32 characters' });
    return problems;
  });
}

function statementsOf(
  document: unknown,
  path: string,
  judge: (statement: Document, path: string) => readonly TemplateProblem[],
): readonly TemplateProblem[] {
  const statements = isRecord(document) ? listOf(document['Statement']) : [];
  if (statements.length === 0) return [{ path, expected: 'a policy with statements' }];
  return statements.flatMap((statement, index) => {
    const at = `${path}.Statement[${index}]`;
    return isRecord(statement) ? judge(statement, at) : [{ path: at, expected: 'a statement' }];
  });
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
