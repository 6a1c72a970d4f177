/** Names of Actions secrets, and which secret a workflow's reference means. */
import type { EmittedEdge, EmittedEntity } from '../../sdk/types.ts';
import type { ActionsSecret, Repository } from '../api-types.ts';
import { edge } from './batch.ts';
import { compare, type SecretPlace, secretRef, sortedSet, workflowRef } from './ids.ts';
import type { WorkflowFacts } from './workflow-file.ts';

export function convertSecret(
  place: SecretPlace,
  secret: ActionsSecret,
  where: { readonly repository?: string; readonly environment?: string },
): EmittedEntity {
  return {
    type: 'credential',
    subtype: 'actions_secret',
    native_id: secretRef(place, secret.name).native_id,
    display_name: secret.name,
    props: {
      name: secret.name,
      level: place.level,
      ...where,
      ...(secret.visibility === undefined ? {} : { visibility: secret.visibility }),
      created_at: secret.created_at ?? null,
      updated_at: secret.updated_at ?? null,
    },
    join_keys: [],
  };
}

/** Secrets that jobs of one repository can see. Names in upper case. */
export interface VisibleSecrets {
  readonly organization: ReadonlySet<string>;
  readonly repository: ReadonlySet<string>;
  /** By the environment's name in lower case (names of environments are case-insensitive). */
  readonly environments: ReadonlyMap<string, { readonly id: number; readonly names: ReadonlySet<string> }>;
}

export const namesOf = (secrets: readonly ActionsSecret[]): ReadonlySet<string> => new Set(secrets.map(({ name }) => name.toUpperCase()));

/** The nearest one wins: environment, repository, organization (docs.github.com, "Secrets reference"). A name that is nowhere is no edge. */
export function convertReferences(
  repository: Repository,
  workflowId: number,
  facts: WorkflowFacts,
  visible: VisibleSecrets,
): readonly EmittedEdge[] {
  const jobsOf = new Map<string, { readonly place: SecretPlace; readonly name: string; readonly jobs: string[] }>();
  for (const job of facts.jobs) {
    const environment = job.environment === null ? undefined : visible.environments.get(job.environment.toLowerCase());
    const everything = job.secrets.all || job.secrets.inherited;
    const names = everything
      ? sortedSet([...visible.organization, ...visible.repository, ...(environment?.names ?? []), ...job.secrets.names])
      : job.secrets.names;
    for (const name of names) {
      const place: SecretPlace | null =
        environment?.names.has(name) === true
          ? { level: 'environment', environment: environment.id }
          : visible.repository.has(name)
            ? { level: 'repository', repository: repository.id }
            : visible.organization.has(name)
              ? { level: 'organization' }
              : null;
      if (place === null) continue;
      const key = secretRef(place, name).native_id;
      const entry = jobsOf.get(key);
      if (entry === undefined) jobsOf.set(key, { place, name, jobs: [job.id] });
      else entry.jobs.push(job.id);
    }
  }
  return [...jobsOf]
    .sort(([a], [b]) => compare(a, b))
    .map(([, { place, name, jobs }]) =>
      edge(workflowRef(workflowId), 'REFERENCES_SECRET', secretRef(place, name), { jobs: sortedSet(jobs) }),
    );
}
