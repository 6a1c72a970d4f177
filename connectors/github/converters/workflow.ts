/** A workflow, what starts it, and the subjects that it can ask a token for. */
import type { Props } from '../../../domain/graph/types.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import type { EmittedEdge, EmittedEntity } from '../../sdk/types.ts';
import type { OidcTemplate, Repository, User, Workflow } from '../api-types.ts';
import { edge } from './batch.ts';
import { eventSourceRef, repositoryRef, sortedSet, subjectRef, userRef, workflowRef } from './ids.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import type { JobFacts, WorkflowFacts } from './workflow-file.ts';
import type { Trigger } from './workflow-triggers.ts';

export interface WorkflowSource {
  readonly repository: Repository;
  readonly workflow: Workflow;
  /** Null: GitHub could not run it either. */
  readonly facts: WorkflowFacts | null;
  /** Null when it was not asked for (no job can ask for a token) or could not be read. */
  readonly template: OidcTemplate | null;
  readonly owners: readonly User[];
  readonly apiHost: string;
  readonly oidcIssuer: string;
  readonly hosted: boolean;
}

/** Events that somebody without write access to the repository can cause. */
const OUTSIDERS = new Set([
  'discussion',
  'discussion_comment',
  'fork',
  'issue_comment',
  'issues',
  'pull_request',
  'pull_request_target',
  'watch',
]);

export const needsTemplate = (facts: WorkflowFacts | null): boolean => facts?.jobs.some((job) => job.idToken) ?? false;

export const isDispatchable = (facts: WorkflowFacts | null): boolean =>
  facts?.triggers.some(({ event }) => event === 'workflow_dispatch') ?? false;

export function convertWorkflow(source: WorkflowSource): {
  readonly entities: readonly EmittedEntity[];
  readonly edges: readonly EmittedEdge[];
} {
  const { repository, workflow, facts, template } = source;
  const ref = workflowRef(workflow.id);
  const triggers = facts?.triggers ?? [];
  const subjects = facts === null || template === null ? [] : subjectsOf(facts, { ...source, template, path: workflow.path });
  return {
    entities: [
      {
        type: 'workload',
        subtype: 'workflow',
        native_id: ref.native_id,
        display_name: `${repository.full_name}: ${fileOf(workflow)}`,
        props: workflowProps(source),
        join_keys: workflowKeys(source),
      },
      ...triggers.map((trigger) => eventSource(source, trigger)),
      ...subjects.map((subject) => oidcSubject(source, subject)),
    ],
    edges: [
      edge(ref, 'MEMBER_OF', repositoryRef(repository)),
      ...source.owners.map((owner) => edge(ref, 'OWNED_BY', userRef(owner.id), { basis: 'repository_admin' })),
      ...triggers.map(({ event }) => edge(ref, 'TRIGGERED_BY', eventSourceRef(workflow.id, event))),
      ...subjects.map(({ subject, jobs }) => edge(ref, 'CAN_REQUEST_OIDC', subjectRef(source.oidcIssuer, subject), { jobs: listed(jobs) })),
    ],
  };
}

/** What a dispatch address ends with. */
export const fileOf = (workflow: Workflow): string => workflow.path.slice(workflow.path.lastIndexOf('/') + 1);

function workflowProps({ repository, workflow, facts, template }: WorkflowSource): Props {
  const known: Props = {
    repository: repository.full_name,
    path: workflow.path,
    state: workflow.state,
    created_at: workflow.created_at ?? null,
    parsed: facts !== null,
  };
  if (facts === null) return known;
  const jobs = facts.jobs;
  const events = facts.triggers.map(({ event }) => event);
  const environments = listed(jobs.flatMap(({ environment }) => environment ?? []));
  const untrusted = events.includes('pull_request_target');
  const secrets = listed(jobs.flatMap((job) => job.secrets.names));
  const allSecrets = jobs.some((job) => job.secrets.all || job.secrets.inherited);
  return {
    ...known,
    triggers: events,
    outsiders_can_trigger: events.some((event) => OUTSIDERS.has(event)),
    reusable: events.includes('workflow_call'),
    jobs: jobs.length,
    calls_workflows: jobs.some((job) => job.callsWorkflow),
    permissions: listed(jobs.flatMap(permissionsOf)),
    permissions_declared: jobs.every((job) => job.permissions !== null),
    id_token_write: needsTemplate(facts),
    subject_form_read: template !== null,
    environments,
    ...(environments.length === 1 && environments[0] !== undefined && !environments[0].includes('*')
      ? { environment: environments[0] }
      : {}),
    secret_names: secrets,
    all_secrets: allSecrets,
    pull_request_target: untrusted,
    pull_request_target_with_secrets: untrusted && (secrets.length > 0 || allSecrets),
    checks_out_pull_request: untrusted && jobs.some((job) => job.checksOutPullRequest),
    aws_role_arns: listed(jobs.flatMap((job) => job.roleArns)),
    entra_apps: listed(jobs.flatMap((job) => job.azureApps.map(({ clientId, tenantId }) => `${tenantId ?? '*'}|${clientId}`))),
  };
}

/** What one file of a repository says must not grow beyond what the graph takes: it refuses the document, and with it the organization. */
const listed = (values: readonly string[]): readonly string[] => sortedSet(values).slice(0, 1000);

const permissionsOf = (job: JobFacts): string[] => Object.entries(job.permissions ?? {}).map(([scope, level]) => `${scope}:${level}`);

function workflowKeys({ repository, workflow, facts, apiHost }: WorkflowSource): EmittedEntity['join_keys'] {
  const roles = sortedSet(facts?.jobs.flatMap((job) => job.roleArns) ?? []).slice(0, 100);
  return [
    ...(isDispatchable(facts)
      ? [{ k: JOIN_KEYS.githubDispatch, v: `${apiHost}|${repository.full_name.toLowerCase()}|${fileOf(workflow)}` }]
      : []),
    ...roles.map((arn) => ({ k: JOIN_KEYS.usesRoleArn, v: arn })),
  ];
}

function eventSource({ repository, workflow }: WorkflowSource, trigger: Trigger): EmittedEntity {
  return {
    type: 'resource',
    subtype: 'event_source',
    native_id: eventSourceRef(workflow.id, trigger.event).native_id,
    display_name: `${trigger.event} of ${repository.full_name}: ${fileOf(workflow)}`,
    props: {
      event: trigger.event,
      repository: repository.full_name,
      outsiders_can_trigger: OUTSIDERS.has(trigger.event),
      branches: trigger.branches?.only ?? [],
      tags: trigger.tags?.only ?? [],
      schedules: trigger.schedules,
    },
    join_keys: [],
  };
}

function oidcSubject({ repository, oidcIssuer }: WorkflowSource, { subject, form, environment }: Subject): EmittedEntity {
  return {
    type: 'identity',
    subtype: 'oidc_subject',
    native_id: subjectRef(oidcIssuer, subject).native_id,
    display_name: subject,
    props: {
      issuer: oidcIssuer,
      subject,
      form,
      open: subject.includes('*'),
      repository: repository.full_name,
      // A customised subject can be that of many repositories: it is then not told whose tokens have it.
      ...(form === 'custom' ? {} : { repository_id: String(repository.id), repository_owner_id: String(repository.owner.id) }),
      ...(environment === null || environment.includes('*') ? {} : { environment }),
    },
    join_keys: [{ k: JOIN_KEYS.oidcSubject, v: `${oidcIssuer}|${subject}` }],
  };
}
