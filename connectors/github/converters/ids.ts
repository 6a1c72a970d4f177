/**
 * Native ids. By GitHub's numeric ids where there are any: a renamed repository stays the same entity, and a new one that takes an old name
 * does not become it.
 */
import type { EntityRef } from '../../../domain/graph/types.ts';
import type { Repository } from '../api-types.ts';

export const repositoryRef = (repository: Pick<Repository, 'id'>): EntityRef => ({
  type: 'resource',
  native_id: `repository:${repository.id}`,
});
export const environmentRef = (id: number): EntityRef => ({ type: 'resource', native_id: `environment:${id}` });
export const eventSourceRef = (workflowId: number, trigger: string): EntityRef => ({
  type: 'resource',
  native_id: `event_source:${workflowId}:${trigger}`,
});
export const workflowRef = (id: number): EntityRef => ({ type: 'workload', native_id: `workflow:${id}` });
export const subjectRef = (issuer: string, subject: string): EntityRef => ({
  type: 'identity',
  native_id: `oidc_subject:${issuer}|${subject}`,
});
export const installationRef = (id: number): EntityRef => ({ type: 'identity', native_id: `app_installation:${id}` });
export const deployKeyRef = (id: number): EntityRef => ({ type: 'credential', native_id: `deploy_key:${id}` });
export const userRef = (id: number): EntityRef => ({ type: 'owner', native_id: `user:${id}` });

/** Secrets have no id of their own: a name within an organization, a repository or an environment. Names are case-insensitive. */
export type SecretPlace =
  | { readonly level: 'organization' }
  | { readonly level: 'repository'; readonly repository: number }
  | { readonly level: 'environment'; readonly environment: number };

export function secretRef(place: SecretPlace, name: string): EntityRef {
  const where =
    place.level === 'organization'
      ? 'organization'
      : `${place.level}:${place.level === 'repository' ? place.repository : place.environment}`;
  return { type: 'credential', native_id: `actions_secret:${where}:${name.toUpperCase()}` };
}

/** By code unit: the same order on every machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sorted, each once. */
export const sortedSet = (values: Iterable<string>): string[] => [...new Set(values)].sort(compare);
