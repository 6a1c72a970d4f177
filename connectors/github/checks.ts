/** One small GET per permission, on the first repository that the credential sees. */
import { type PermissionCheck, undecided } from '../sdk/checks.ts';
import type { GithubClient } from './client.ts';
import { PERMISSIONS } from './manifest.ts';

type Check = PermissionCheck<GithubClient>;

const inRepository =
  (path: string): Check =>
  async (client, signal) => {
    const github = client.under(signal);
    await github.probe(`${await github.firstRepository()}${path}`);
  };
const inOrganization =
  (path: string): Check =>
  async (client, signal) => {
    const github = client.under(signal);
    await github.probe(`${github.organizationPath}${path}`);
  };

/** `list` names something below which the permission shows. */
const below =
  (list: string, field: string, name: string, path: (value: string) => string, nothing: string): Check =>
  async (client, signal) => {
    const github = client.under(signal);
    const repository = await github.firstRepository();
    const first = await github.first(`${repository}${list}`, field, name).catch(() => {
      throw undecided(`it cannot be tried before ${PERMISSIONS.actions} is granted`);
    });
    if (first === null) throw undecided(nothing);
    await github.probe(`${repository}${path(first)}`);
  };

export const githubChecks: Readonly<Record<string, Check>> = {
  [PERMISSIONS.metadata]: inOrganization('/repos'),
  [PERMISSIONS.actions]: inRepository('/actions/workflows'),
  [PERMISSIONS.contents]: below(
    '/actions/workflows',
    'workflows',
    'path',
    (path) => `/contents/${path.split('/').map(encodeURIComponent).join('/')}`,
    'the first repository has no workflow to read',
  ),
  [PERMISSIONS.environments]: below(
    '/environments',
    'environments',
    'name',
    (name) => `/environments/${encodeURIComponent(name)}/secrets`,
    'the first repository has no environment',
  ),
  [PERMISSIONS.secrets]: inRepository('/actions/secrets'),
  [PERMISSIONS.organizationSecrets]: inOrganization('/actions/secrets'),
  [PERMISSIONS.repositoryAdministration]: inRepository('/keys'),
  [PERMISSIONS.organizationAdministration]: inOrganization('/installations'),
};
