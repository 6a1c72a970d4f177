/** The GitHub connector: what `connectors/sdk/run.ts` runs. */
import type { ConnectorDefinition } from '../sdk/types.ts';
import { githubChecks } from './checks.ts';
import { connectGithub, type GithubClient, type GithubTuning } from './client.ts';
import { githubManifest } from './manifest.ts';
import { installations } from './steps/installations.ts';
import { deployKeys, environments, repositories } from './steps/repositories.ts';
import { secrets } from './steps/secrets.ts';
import { workflows } from './steps/workflows.ts';

/** With another patience than the default one. */
export function githubConnectorWith(tuning: GithubTuning): ConnectorDefinition<GithubClient> {
  return {
    manifest: githubManifest,
    connect: (scope, env) => connectGithub(scope, env, tuning),
    checks: githubChecks,
    steps: { repositories, environments, workflows, secrets, installations, deploy_keys: deployKeys },
  };
}

export const githubConnector: ConnectorDefinition<GithubClient> = githubConnectorWith({});
