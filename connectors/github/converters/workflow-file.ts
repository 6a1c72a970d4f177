/**
 * A workflow file's facts. Its text carries secrets (DATA-09): what leaves this file is only what the shapes below name, each value checked
 * against the form that it must have; a string that has another form is counted as open or left out, never passed on.
 */
import { parse } from 'yaml';
import { sortedSet } from './ids.ts';
import { effectivePermissions, type PermissionSet, readPermissions } from './workflow-permissions.ts';
import { type SecretUse, secretsIn } from './workflow-secrets.ts';
import { readTriggers, type Trigger } from './workflow-triggers.ts';
import { isMap, type YamlMap } from './yaml-map.ts';

export interface JobFacts {
  readonly id: string;
  /** Literal name; `*` for each part that an expression fills; null when there is none. */
  readonly environment: string | null;
  readonly permissions: PermissionSet | null;
  readonly idToken: boolean;
  readonly secrets: SecretUse;
  /** It calls a reusable workflow, whose own jobs we do not see. */
  readonly callsWorkflow: boolean;
  readonly roleArns: readonly string[];
  readonly azureApps: readonly { readonly clientId: string; readonly tenantId: string | null }[];
  /** `actions/checkout` of the pull request's own commit. */
  readonly checksOutPullRequest: boolean;
}

export interface WorkflowFacts {
  readonly triggers: readonly Trigger[];
  readonly jobs: readonly JobFacts[];
}

/** GitHub itself takes no larger ones; a parser given anything at all should not be fed gigabytes. */
const MAX_CHARACTERS = 1_048_576;
/** GitHub knows some forty events; a file that names hundreds is none that it runs, and each would become an entity. */
const MAX_EVENTS = 100;

/** Null when GitHub could not run it either: not YAML, or not a workflow. */
export function readWorkflowFile(text: string): WorkflowFacts | null {
  if (text.length > MAX_CHARACTERS) return null;
  let document: unknown;
  try {
    // `silent` would also pass over errors and give half a document.
    document = parse(text, { maxAliasCount: 100, uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  } catch {
    return null;
  }
  if (!isMap(document)) return null;
  // A `%YAML 1.1` document reads the key `on` as true.
  const triggers = readTriggers(document['on'] ?? document['true']);
  const jobs = isMap(document['jobs']) ? Object.entries(document['jobs']) : [];
  if (triggers.length === 0 || triggers.length > MAX_EVENTS || jobs.length === 0) return null;
  const topLevel = readPermissions(document['permissions']);
  const shared = secretsIn([document['env'], document['defaults']]);
  return { triggers, jobs: jobs.flatMap(([id, job]) => (isMap(job) ? [readJob(id, job, topLevel, shared)] : [])) };
}

function readJob(id: string, job: YamlMap, topLevel: PermissionSet | null, shared: SecretUse): JobFacts {
  const permissions = effectivePermissions(topLevel, readPermissions(job['permissions']));
  const steps = Array.isArray(job['steps']) ? job['steps'].filter(isMap) : [];
  const own = secretsIn([job]);
  return {
    id: /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/.test(id) ? id : '*',
    environment: readEnvironment(job['environment']),
    permissions,
    idToken: permissions?.['id-token'] === 'write',
    secrets: {
      names: sortedSet([...own.names, ...shared.names]),
      all: own.all || shared.all,
      inherited: job['secrets'] === 'inherit',
    },
    callsWorkflow: typeof job['uses'] === 'string',
    roleArns: sortedSet(
      steps.filter((step) => uses(step, 'aws-actions/configure-aws-credentials')).flatMap((step) => roleArn(step['with'])),
    ),
    azureApps: steps.filter((step) => uses(step, 'azure/login')).flatMap((step) => azureApp(step['with'])),
    checksOutPullRequest: steps.some((step) => uses(step, 'actions/checkout') && isPullRequestRef(step['with'])),
  };
}

/** docs.github.com, "Workflow syntax": a name, or a map with a `name`. */
function readEnvironment(value: unknown): string | null {
  const name = isMap(value) ? value['name'] : value;
  if (typeof name !== 'string' || name === '') return null;
  const open = name.replaceAll(/\$\{\{.*?\}\}/gs, '*');
  return open.length > 255 || open.includes('${{') ? '*' : open;
}

const ROLE_ARN = /^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/;
const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function roleArn(inputs: unknown): string[] {
  const value = isMap(inputs) ? inputs['role-to-assume'] : undefined;
  return typeof value === 'string' && ROLE_ARN.test(value) ? [value] : [];
}

function azureApp(inputs: unknown): { clientId: string; tenantId: string | null }[] {
  const [clientId, tenantId] = isMap(inputs) ? [inputs['client-id'], inputs['tenant-id']] : [];
  if (typeof clientId !== 'string' || !GUID.test(clientId)) return [];
  return [
    { clientId: clientId.toLowerCase(), tenantId: typeof tenantId === 'string' && GUID.test(tenantId) ? tenantId.toLowerCase() : null },
  ];
}

const isPullRequestRef = (inputs: unknown): boolean =>
  isMap(inputs) &&
  typeof inputs['ref'] === 'string' &&
  /github\.(?:event\.pull_request\.(?:head|merge_commit_sha)|head_ref)|refs\/pull\//.test(inputs['ref']);

/** Owner and action names are case-insensitive; a sub-path or a version may follow. */
const uses = (step: YamlMap, action: string): boolean =>
  typeof step['uses'] === 'string' && new RegExp(`^${action}(?:[@/]|$)`, 'i').test(step['uses']);
