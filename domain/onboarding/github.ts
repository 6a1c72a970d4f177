/** The manifest of our GitHub App, and where an organisation installs it (CRED-20). */
import type { ConnectorManifest } from '../connectors/manifest.ts';
import { githubPermissions } from './permissions.ts';
import { manifestNotReadOnly } from './problems.ts';

export interface GithubOnboarding {
  readonly slug: string;
  /** `https://github.com`. */
  readonly web_url: string;
  readonly organization: string;
  readonly manifest: ConnectorManifest;
}

export function githubAppManifest({ slug, web_url, organization, manifest }: GithubOnboarding) {
  const default_permissions = githubPermissions(manifest);
  if (default_permissions === null) throw manifestNotReadOnly(manifest.kind);
  const web = web_url.replace(/\/+$/, '');
  return {
    install_url: `${web}/apps/${slug}/installations/new`,
    organization,
    manifest: {
      name: slug,
      url: `${web}/apps/${slug}`,
      // Outbound only (CONN-05): nothing is sent to us, so nothing has to be let in.
      hook_attributes: { url: `${web}/apps/${slug}`, active: false },
      public: true,
      default_permissions,
      default_events: [] as const,
    },
  };
}
