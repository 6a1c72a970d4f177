/** GitHub's JSON for the things of a world: with the fields that a client needs, and with some that it should leave alone. */
import { keyMaterial } from './texts.ts';
import type {
  GithubWorld,
  WorldDeployKey,
  WorldEnvironment,
  WorldInstallation,
  WorldRepository,
  WorldSecret,
  WorldWorkflow,
} from './types.ts';

export const account = ({ organization }: GithubWorld) => ({
  login: organization.login,
  id: organization.id,
  type: 'Organization',
  site_admin: false,
});

export const repository = (world: GithubWorld, one: WorldRepository) => ({
  id: one.id,
  name: one.name,
  full_name: `${world.organization.login}/${one.name}`,
  owner: account(world),
  private: one.visibility !== 'public',
  visibility: one.visibility,
  description: one.description,
  fork: one.fork,
  archived: one.archived,
  disabled: false,
  default_branch: one.defaultBranch,
  created_at: one.createdAt,
  topics: [],
});

export const environment = (one: WorldEnvironment) => ({
  id: one.id,
  name: one.name,
  created_at: '2023-01-01T00:00:00Z',
  can_admins_bypass: true,
  protection_rules: [
    ...(one.waitMinutes > 0 ? [{ id: one.id + 1, type: 'wait_timer', wait_timer: one.waitMinutes }] : []),
    ...(one.reviewers > 0
      ? [
          {
            id: one.id + 2,
            type: 'required_reviewers',
            prevent_self_review: true,
            reviewers: Array.from({ length: one.reviewers }, (_, index) => ({
              type: 'User',
              reviewer: { id: index + 1, login: `reviewer-${index}` },
            })),
          },
        ]
      : []),
    ...(one.branches === 'any' ? [] : [{ id: one.id + 3, type: 'branch_policy' }]),
  ],
  deployment_branch_policy:
    one.branches === 'any'
      ? null
      : { protected_branches: one.branches === 'protected', custom_branch_policies: one.branches !== 'protected' },
});

export const workflow = (one: WorldWorkflow) => ({
  id: one.id,
  name: one.path,
  path: one.path,
  state: one.state,
  created_at: '2023-02-01T00:00:00Z',
  updated_at: '2024-02-01T00:00:00Z',
});

export const file = (path: string, text: string) => ({
  type: 'file',
  encoding: 'base64',
  size: Buffer.byteLength(text),
  name: path.slice(path.lastIndexOf('/') + 1),
  path,
  // GitHub breaks the lines of its base64.
  content: Buffer.from(text).toString('base64').replaceAll(/.{60}/g, '$&\n'),
});

export const oidc = (world: GithubWorld, one: WorldRepository) => ({
  use_default: one.claimKeys === null,
  ...(one.claimKeys === null || one.claimKeys.length === 0 ? {} : { include_claim_keys: one.claimKeys }),
  use_immutable_subject: one.immutableSubject,
  sub_claim_prefix: one.immutableSubject
    ? `repo:${world.organization.login}@${world.organization.id}/${one.name}@${one.id}`
    : `repo:${world.organization.login}/${one.name}`,
});

export const secret = (one: WorldSecret) => ({
  name: one.name,
  created_at: one.created_at,
  updated_at: one.updated_at,
  ...(one.visibility === undefined ? {} : { visibility: one.visibility }),
});

export const deployKey = (one: WorldDeployKey) => ({
  id: one.id,
  key: keyMaterial(one.id),
  title: one.title,
  verified: true,
  enabled: true,
  read_only: one.read_only,
  created_at: one.created_at,
  last_used: one.last_used,
  added_by: 'somebody',
});

export const installation = (world: GithubWorld, one: WorldInstallation) => ({
  id: one.id,
  app_id: one.app.id,
  app_slug: one.app.slug,
  account: account(world),
  target_id: world.organization.id,
  target_type: 'Organization',
  repository_selection: one.selection === 'all' ? 'all' : 'selected',
  permissions: one.permissions,
  events: [],
  created_at: one.createdAt,
  updated_at: one.createdAt,
  suspended_at: one.suspendedAt,
  suspended_by: null,
  single_file_name: null,
});
