/**
 * The subjects (`sub`) that a workflow's jobs can get a token with (docs.github.com, "OpenID Connect reference"). An open part is `*`:
 * any branch, an environment that an expression names.
 */
import type { OidcTemplate, Repository } from '../api-types.ts';
import { sortedSet } from './ids.ts';
import type { JobFacts, WorkflowFacts } from './workflow-file.ts';
import type { RefFilter, Trigger } from './workflow-triggers.ts';

export type SubjectForm = 'name' | 'immutable' | 'custom';

export interface Subject {
  readonly subject: string;
  readonly form: SubjectForm;
  readonly environment: string | null;
  readonly jobs: readonly string[];
}

/** Where repositories that were created since get the immutable form by default (github.blog/changelog, 2026-04-23). */
const IMMUTABLE_SINCE = Date.parse('2026-07-15T00:00:00Z');
const MAX_SUBJECTS = 500;
/** Longer than any real one; what is cut is open. An id in the graph has at most 1,024 characters. */
const MAX_LENGTH = 600;

/** What the repository's answer says; where an older server says nothing, its age. */
export function usesImmutableForm(repository: Repository, template: OidcTemplate, hosted: boolean): boolean {
  if (template.use_immutable_subject !== undefined && template.use_immutable_subject !== null) return template.use_immutable_subject;
  return hosted && Date.parse(repository.created_at ?? '') >= IMMUTABLE_SINCE;
}

export interface SubjectSource {
  readonly repository: Repository;
  /** Of the repository, with the organization's claim keys filled in where the repository leaves them to it. */
  readonly template: OidcTemplate;
  readonly hosted: boolean;
  readonly path: string;
}

/** Sorted by subject. A workflow that is only ever called has the subjects of its callers, so none of its own. */
export function subjectsOf(facts: WorkflowFacts, source: SubjectSource): readonly Subject[] {
  const found = new Map<string, { environment: string | null; jobs: string[] }>();
  const immutable = usesImmutableForm(source.repository, source.template, source.hosted);
  const prefix = source.template.sub_claim_prefix ?? repoPrefix(source.repository, immutable);
  const keys = source.template.use_default ? [] : (source.template.include_claim_keys ?? []);
  for (const job of facts.jobs.filter((one) => one.idToken)) {
    for (const context of contextsOf(job, facts.triggers, source.repository.default_branch)) {
      const claims = keys.map((key) => claim(key, context, job, source, prefix));
      const full = keys.length === 0 ? `${prefix}:${context}` : claims.join(':');
      const known = full.length > MAX_LENGTH ? `${full.slice(0, MAX_LENGTH).replace(/:[^:]*$/, '')}:*` : full;
      // What is beyond the bound is not left out, it is open: nobody hides a subject behind five hundred others.
      const subject = found.size >= MAX_SUBJECTS && !found.has(known) ? `${claims[0] ?? prefix}:*` : known;
      const entry = found.get(subject) ?? { environment: job.environment, jobs: [] };
      entry.jobs.push(job.id);
      found.set(subject, { environment: entry.environment === job.environment ? job.environment : null, jobs: entry.jobs });
    }
  }
  const form: SubjectForm = keys.length > 0 ? 'custom' : immutable ? 'immutable' : 'name';
  return sortedSet(found.keys()).map((subject) => {
    const { environment, jobs } = found.get(subject) ?? { environment: null, jobs: [] };
    return { subject, form, environment, jobs: sortedSet(jobs) };
  });
}

const repoPrefix = ({ owner, name, id }: Repository, immutable: boolean): string =>
  immutable ? `repo:${owner.login}@${owner.id}/${name}@${id}` : `repo:${owner.login}/${name}`;

/** A job with an environment has that in its subject, whatever started it. */
function contextsOf(job: JobFacts, triggers: readonly Trigger[], defaultBranch: string): readonly string[] {
  const runnable = triggers.filter(({ event }) => event !== 'workflow_call');
  if (runnable.length === 0) return [];
  if (job.environment !== null) return [`environment:${escaped(job.environment)}`];
  const refs = runnable.flatMap((trigger) => refsOf(trigger, defaultBranch));
  // The jobs of a called workflow run with the caller's subjects, and may name an environment of the caller's repository
  // (docs.github.com, "Using OpenID Connect with reusable workflows"): which one, only the called file says.
  return sortedSet(job.callsWorkflow ? [...refs, 'environment:*'] : refs);
}

/** docs.github.com, "Events that trigger workflows": the `GITHUB_REF` of each event. */
function refsOf(trigger: Trigger, defaultBranch: string): readonly string[] {
  switch (trigger.event) {
    case 'push':
      // A filter on one kind alone leaves the other out.
      return [
        ...(trigger.branches === null && trigger.tags !== null ? [] : refs('heads', trigger.branches)),
        ...(trigger.tags === null && trigger.branches !== null ? [] : refs('tags', trigger.tags)),
      ];
    // Whoever starts it chooses the ref.
    case 'workflow_dispatch':
    case 'create':
    case 'deployment':
    case 'deployment_status':
      return ['ref:refs/heads/*', 'ref:refs/tags/*'];
    case 'release':
      return ['ref:refs/tags/*'];
    case 'pull_request':
      return ['pull_request'];
    case 'pull_request_review':
    case 'pull_request_review_comment':
      return ['ref:refs/pull/*'];
    case 'merge_group':
      return ['ref:refs/heads/gh-readonly-queue/*'];
    default:
      // `schedule`, `workflow_run`, `issues`, … and `pull_request_target` (github.blog/changelog, 2025-11-07).
      return [`ref:refs/heads/${escaped(defaultBranch)}`];
  }
}

const refs = (kind: 'heads' | 'tags', filter: RefFilter | null): readonly string[] =>
  filter === null || filter.only.length === 0 ? [`ref:refs/${kind}/*`] : filter.only.map((pattern) => `ref:refs/${kind}/${pattern}`);

/** A claim of a customised subject. What only the run decides is open. */
function claim(key: string, context: string, job: JobFacts, { repository, path }: SubjectSource, prefix: string): string {
  const value = (text: string | number | null): string => `${key}:${text === null ? '*' : escaped(String(text))}`;
  switch (key) {
    case 'repo':
      return prefix;
    case 'context':
      return context;
    case 'repository':
      return value(repository.full_name);
    case 'repository_id':
      return value(repository.id);
    case 'repository_owner':
      return value(repository.owner.login);
    case 'repository_owner_id':
      return value(repository.owner.id);
    case 'repository_visibility':
      return value(repository.visibility ?? (repository.private ? null : 'public'));
    case 'environment':
      return value(job.environment);
    case 'ref':
      return value(context.startsWith('ref:') ? context.slice(4) : null);
    case 'job_workflow_ref':
      return value(job.callsWorkflow ? null : `${repository.full_name}/${path}@*`);
    default:
      return value(null);
  }
}

/** A colon in a value would look like the next claim: GitHub writes `%3A`. */
const escaped = (text: string): string => text.replaceAll(':', '%3A');
