/**
 * The known ways to more authority in AWS IAM, as data. A method needs every action listed, gathered from any statements.
 * Sources: Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and Mitigation"
 * (https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/, methods 1 to 21 of
 * https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation), and DataDog's https://pathfinding.cloud for the later services.
 */

/**
 * On what the action has to be allowed for the method to give anything:
 * `self` – the principal itself; `group` – a group that it is in, or every group; `policy` – a policy attached to it, or every policy;
 * `user` – every user, or another user with administration; `role` – every role, or another role with administration;
 * `function` – every function, or one that runs as a role with administration; `instance` – every instance (their roles are not read);
 * `any` – whatever the statement names.
 */
export type MethodTarget = 'self' | 'group' | 'policy' | 'user' | 'role' | 'function' | 'instance' | 'any';

export interface EscalationMethod {
  readonly id: string;
  readonly title: string;
  /** The kind of principal that the method works for; both when left out. */
  readonly principal?: 'iam_user' | 'iam_role';
  readonly needs: readonly { readonly action: string; readonly on: MethodTarget }[];
}

const passing = (id: string, title: string, ...actions: readonly string[]): EscalationMethod => ({
  id,
  title,
  needs: [{ action: 'iam:PassRole', on: 'role' }, ...actions.map((action) => ({ action, on: 'any' as const }))],
});

export const ESCALATION_METHODS: readonly EscalationMethod[] = [
  {
    id: 'create_policy_version',
    title: 'write a new version of its own policy',
    needs: [{ action: 'iam:CreatePolicyVersion', on: 'policy' }],
  },
  {
    id: 'set_default_policy_version',
    title: 'bring back an older version of its own policy',
    needs: [{ action: 'iam:SetDefaultPolicyVersion', on: 'policy' }],
  },
  {
    id: 'attach_user_policy',
    title: 'attach a policy to itself',
    principal: 'iam_user',
    needs: [{ action: 'iam:AttachUserPolicy', on: 'self' }],
  },
  {
    id: 'put_user_policy',
    title: 'write an inline policy of its own',
    principal: 'iam_user',
    needs: [{ action: 'iam:PutUserPolicy', on: 'self' }],
  },
  {
    id: 'attach_group_policy',
    title: 'attach a policy to its group',
    principal: 'iam_user',
    needs: [{ action: 'iam:AttachGroupPolicy', on: 'group' }],
  },
  {
    id: 'put_group_policy',
    title: 'write an inline policy of its group',
    principal: 'iam_user',
    needs: [{ action: 'iam:PutGroupPolicy', on: 'group' }],
  },
  { id: 'add_user_to_group', title: 'join any group', principal: 'iam_user', needs: [{ action: 'iam:AddUserToGroup', on: 'group' }] },
  {
    id: 'attach_role_policy',
    title: 'attach a policy to itself',
    principal: 'iam_role',
    needs: [{ action: 'iam:AttachRolePolicy', on: 'self' }],
  },
  {
    id: 'put_role_policy',
    title: 'write an inline policy of its own',
    principal: 'iam_role',
    needs: [{ action: 'iam:PutRolePolicy', on: 'self' }],
  },
  {
    id: 'attach_role_policy_and_assume',
    title: 'attach a policy to any role and assume it',
    needs: [
      { action: 'iam:AttachRolePolicy', on: 'role' },
      { action: 'sts:AssumeRole', on: 'role' },
    ],
  },
  {
    id: 'put_role_policy_and_assume',
    title: 'write an inline policy of any role and assume it',
    needs: [
      { action: 'iam:PutRolePolicy', on: 'role' },
      { action: 'sts:AssumeRole', on: 'role' },
    ],
  },
  {
    id: 'update_assume_role_policy',
    title: 'make a role trust it and assume that role',
    needs: [
      { action: 'iam:UpdateAssumeRolePolicy', on: 'role' },
      { action: 'sts:AssumeRole', on: 'role' },
    ],
  },
  { id: 'create_access_key', title: "create another user's access key", needs: [{ action: 'iam:CreateAccessKey', on: 'user' }] },
  { id: 'create_login_profile', title: "create another user's password", needs: [{ action: 'iam:CreateLoginProfile', on: 'user' }] },
  { id: 'update_login_profile', title: "change another user's password", needs: [{ action: 'iam:UpdateLoginProfile', on: 'user' }] },
  passing('pass_role_ec2', 'start an instance with a role', 'ec2:RunInstances'),
  passing('pass_role_lambda_invoke', 'create a function with a role and invoke it', 'lambda:CreateFunction', 'lambda:InvokeFunction'),
  passing(
    'pass_role_lambda_add_permission',
    'create a function with a role and let another account invoke it',
    'lambda:CreateFunction',
    'lambda:AddPermission',
  ),
  passing(
    'pass_role_lambda_event_source',
    'create a function with a role and a source that triggers it',
    'lambda:CreateFunction',
    'lambda:CreateEventSourceMapping',
  ),
  passing(
    'pass_role_lambda_function_url',
    'create a function with a role and a public address',
    'lambda:CreateFunction',
    'lambda:CreateFunctionUrlConfig',
  ),
  {
    id: 'update_function_code',
    title: 'replace the code of a function that has a role',
    needs: [{ action: 'lambda:UpdateFunctionCode', on: 'function' }],
  },
  passing('pass_role_glue_dev_endpoint', 'create a Glue development endpoint with a role', 'glue:CreateDevEndpoint'),
  passing('pass_role_glue_job', 'create and run a Glue job with a role', 'glue:CreateJob', 'glue:StartJobRun'),
  {
    id: 'update_glue_dev_endpoint',
    title: 'put its key on a Glue development endpoint',
    needs: [{ action: 'glue:UpdateDevEndpoint', on: 'any' }],
  },
  passing('pass_role_cloudformation', 'create a stack that acts with a role', 'cloudformation:CreateStack'),
  passing(
    'pass_role_data_pipeline',
    'run a pipeline with a role',
    'datapipeline:CreatePipeline',
    'datapipeline:PutPipelineDefinition',
    'datapipeline:ActivatePipeline',
  ),
  passing('pass_role_codebuild', 'create and run a build with a role', 'codebuild:CreateProject', 'codebuild:StartBuild'),
  passing('pass_role_codestar', 'create a project with a role', 'codestar:CreateProject'),
  passing('pass_role_ecs', 'run a task with a role', 'ecs:RegisterTaskDefinition', 'ecs:RunTask'),
  passing(
    'pass_role_sagemaker_notebook',
    'open a notebook with a role',
    'sagemaker:CreateNotebookInstance',
    'sagemaker:CreatePresignedNotebookInstanceUrl',
  ),
  passing('pass_role_sagemaker_training', 'run a training job with a role', 'sagemaker:CreateTrainingJob'),
  passing('pass_role_app_runner', 'create an App Runner service with a role', 'apprunner:CreateService'),
  passing('pass_role_scheduler', 'schedule calls with a role', 'scheduler:CreateSchedule'),
  passing('pass_role_states', 'run a state machine with a role', 'states:CreateStateMachine', 'states:StartExecution'),
  {
    id: 'ssm_send_command',
    title: "run commands on instances and take their role's credentials",
    needs: [{ action: 'ssm:SendCommand', on: 'instance' }],
  },
  {
    id: 'ssm_start_session',
    title: "open a shell on instances and take their role's credentials",
    needs: [{ action: 'ssm:StartSession', on: 'instance' }],
  },
];
