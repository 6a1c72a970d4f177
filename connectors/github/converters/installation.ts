/** Installed GitHub Apps: what they may do, and where. */
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import type { EmittedEdge, EmittedEntity } from '../../sdk/types.ts';
import type { Installation, Repository, Workflow } from '../api-types.ts';
import { edge } from './batch.ts';
import { installationRef, repositoryRef, sortedSet, workflowRef } from './ids.ts';

export interface InstallationSource {
  readonly installation: Installation;
  /**
   * Login or slug of who publishes the app; null when the app is private: only its owner can install such a one (docs.github.com,
   * "Making a GitHub App public or private"); undefined when it could not be asked.
   */
  readonly publisher: string | null | undefined;
  readonly organization: string;
  readonly apiHost: string;
}

/**
 * Edges are made only for an installation on all repositories: which ones a selection holds can be asked with that app's own token and no other
 * (github.com/orgs/community/discussions/199894), so it stays unknown, and says so in `repositories_known`.
 */
export function convertInstallation(
  { installation, publisher, organization, apiHost }: InstallationSource,
  repositories: readonly Repository[],
  dispatchable: readonly Workflow[],
): { readonly entities: readonly EmittedEntity[]; readonly edges: readonly EmittedEdge[] } {
  const ref = installationRef(installation.id);
  const everywhere = installation.repository_selection === 'all';
  const active = (installation.suspended_at ?? null) === null;
  const access = repositoryAccess(installation.permissions);
  const dispatches = installation.permissions['actions'] === 'write';
  return {
    entities: [
      {
        type: 'identity',
        subtype: 'app_installation',
        native_id: ref.native_id,
        display_name: installation.app_slug,
        props: {
          app_id: installation.app_id,
          app_slug: installation.app_slug,
          // What could not be asked is left out: a rule must not read it as "ours".
          ...(publisher === undefined ? {} : publishedBy(publisher ?? organization, organization)),
          permissions: sortedSet(Object.entries(installation.permissions).map(([name, level]) => `${name}:${level}`)),
          events: sortedSet(installation.events),
          repository_selection: installation.repository_selection,
          repositories_known: everywhere,
          suspended: !active,
          created_at: installation.created_at ?? null,
        },
        join_keys: appKeys(installation, apiHost),
      },
    ],
    edges:
      !everywhere || !active
        ? []
        : [
            ...(access === null ? [] : repositories.map((repository) => edge(ref, 'CAN_ACCESS', repositoryRef(repository), { access }))),
            ...(dispatches ? dispatchable.map((workflow) => edge(ref, 'CAN_DISPATCH', workflowRef(workflow.id))) : []),
          ],
  };
}

/** A JWT of an App names it by its number or, as GitHub recommends, by its client id (docs.github.com, "Generating a JSON Web Token for a GitHub App"). */
function appKeys({ app_id, client_id }: Installation, apiHost: string): EmittedEntity['join_keys'] {
  const named = client_id !== undefined && client_id !== null && /^[A-Za-z0-9._-]{1,64}$/.test(client_id) ? [client_id] : [];
  return [String(app_id), ...named].map((id) => ({ k: JOIN_KEYS.githubApp, v: `${apiHost}|${id}` }));
}

const publishedBy = (publisher: string, organization: string) => ({
  publisher,
  third_party: publisher.toLowerCase() !== organization.toLowerCase(),
});

/** Permissions on repositories beyond their metadata; the others are about the organization and its people. */
const ORGANIZATION_WIDE =
  /^(?:organization_|members$|team_|enterprise_|custom_properties|email_|followers$|gists$|git_ssh_keys$|gpg_keys$|plan$|profile$|starring$)/;

function repositoryAccess(permissions: Installation['permissions']): 'read' | 'write' | null {
  const levels = Object.entries(permissions).flatMap(([name, level]) =>
    name === 'metadata' || ORGANIZATION_WIDE.test(name) ? [] : [level],
  );
  if (levels.length === 0) return null;
  return levels.some((level) => level !== 'read') ? 'write' : 'read';
}
