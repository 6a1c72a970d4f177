/** Repositories, the people who answer for them, environments, deploy keys. */
import type { EmittedEdge, EmittedEntity } from '../../sdk/types.ts';
import type { DeployKey, Environment, Repository, User } from '../api-types.ts';
import { edge } from './batch.ts';
import { deployKeyRef, environmentRef, repositoryRef, sortedSet, userRef } from './ids.ts';

interface Converted {
  readonly entities: readonly EmittedEntity[];
  readonly edges: readonly EmittedEdge[];
}

/** `admins` is null when it could not be read: unknown, not nobody. */
export function convertRepository(repository: Repository, admins: readonly User[] | null): Converted {
  return {
    entities: [
      {
        type: 'resource',
        subtype: 'repository',
        native_id: repositoryRef(repository).native_id,
        display_name: repository.full_name,
        props: {
          full_name: repository.full_name,
          visibility: repository.visibility ?? (repository.private ? 'private' : 'public'),
          fork: repository.fork,
          archived: repository.archived,
          disabled: repository.disabled,
          default_branch: repository.default_branch,
          created_at: repository.created_at ?? null,
          direct_admins: admins === null ? null : admins.length,
        },
        join_keys: [],
      },
    ],
    edges: (admins ?? []).map((admin) => edge(repositoryRef(repository), 'OWNED_BY', userRef(admin.id), { basis: 'repository_admin' })),
  };
}

/** GitHub.com does not say whether an account is suspended; an Enterprise Server does, by the date. */
export function convertUser(user: User): EmittedEntity {
  return {
    type: 'owner',
    subtype: 'user',
    native_id: userRef(user.id).native_id,
    display_name: user.login,
    props: {
      login: user.login,
      account_type: user.type ?? null,
      suspended: user.suspended_at === undefined ? null : user.suspended_at !== null,
    },
    join_keys: [],
  };
}

/** `branchPatterns` is null when there are custom ones that could not be read. */
export function convertEnvironment(repository: Repository, environment: Environment, branchPatterns: readonly string[] | null): Converted {
  const rules = environment.protection_rules;
  const reviewers = rules.filter(({ type }) => type === 'required_reviewers').flatMap((rule) => rule.reviewers ?? []).length;
  const policy = environment.deployment_branch_policy ?? null;
  return {
    entities: [
      {
        type: 'resource',
        subtype: 'environment',
        native_id: environmentRef(environment.id).native_id,
        display_name: `${repository.full_name}: ${environment.name}`,
        props: {
          environment: environment.name,
          repository: repository.full_name,
          required_reviewers: reviewers,
          prevent_self_review: rules.some((rule) => rule.prevent_self_review === true),
          wait_minutes: Math.max(0, ...rules.map((rule) => rule.wait_timer ?? 0)),
          admins_can_bypass: environment.can_admins_bypass ?? null,
          branch_policy: policy === null ? 'any' : policy.protected_branches ? 'protected_branches' : 'custom',
          branch_patterns: branchPatterns === null ? null : sortedSet(branchPatterns),
          protected: rules.length > 0 || policy !== null,
          created_at: environment.created_at ?? null,
        },
        join_keys: [],
      },
    ],
    edges: [edge(environmentRef(environment.id), 'MEMBER_OF', repositoryRef(repository))],
  };
}

export function convertDeployKey(repository: Repository, key: DeployKey): Converted {
  return {
    entities: [
      {
        type: 'credential',
        subtype: 'deploy_key',
        native_id: deployKeyRef(key.id).native_id,
        display_name: `deploy key ${key.id} of ${repository.full_name}`,
        props: {
          repository: repository.full_name,
          read_only: key.read_only,
          verified: key.verified ?? null,
          enabled: key.enabled ?? true,
          created_at: key.created_at ?? null,
          last_used_at: key.last_used ?? null,
        },
        join_keys: [],
      },
    ],
    edges: [edge(repositoryRef(repository), 'HAS_CREDENTIAL', deployKeyRef(key.id), { access: key.read_only ? 'read' : 'write' })],
  };
}
