/** What an emulated organization is made of. */
export interface WorldUser {
  readonly id: number;
  readonly login: string;
}

export interface WorldSecret {
  readonly name: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** Organization secrets: who may use it; ids of repositories for `selected`. */
  readonly visibility?: 'all' | 'private' | 'selected';
  readonly repositories?: readonly number[];
}

export interface WorldEnvironment {
  readonly id: number;
  readonly name: string;
  readonly reviewers: number;
  readonly waitMinutes: number;
  readonly branches: 'any' | 'protected' | readonly string[];
  readonly secrets: readonly WorldSecret[];
}

export interface WorldWorkflow {
  readonly id: number;
  readonly path: string;
  readonly state: string;
  /** Null: GitHub's own workflows have no file. */
  readonly text: string | null;
}

export interface WorldDeployKey {
  readonly id: number;
  readonly title: string;
  readonly read_only: boolean;
  readonly created_at: string;
  readonly last_used: string | null;
}

export interface WorldRepository {
  readonly id: number;
  readonly name: string;
  readonly visibility: 'public' | 'private' | 'internal';
  readonly archived: boolean;
  readonly fork: boolean;
  readonly defaultBranch: string;
  readonly createdAt: string;
  /** Text that nobody should pass on. */
  readonly description: string;
  readonly immutableSubject: boolean;
  /** Claim keys of a customised subject; empty: the organization's; null: the default template. */
  readonly claimKeys: readonly string[] | null;
  readonly admins: readonly WorldUser[];
  readonly environments: readonly WorldEnvironment[];
  readonly workflows: readonly WorldWorkflow[];
  readonly deployKeys: readonly WorldDeployKey[];
  readonly secrets: readonly WorldSecret[];
}

export interface WorldApp {
  readonly id: number;
  readonly slug: string;
  /** Login of the publisher; a private app is visible to nobody else. */
  readonly publisher: string;
  readonly public: boolean;
}

export interface WorldInstallation {
  readonly id: number;
  readonly app: WorldApp;
  readonly selection: 'all' | readonly number[];
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly suspendedAt: string | null;
  readonly createdAt: string;
}

export interface GithubWorld {
  readonly organization: { readonly login: string; readonly id: number };
  readonly repositories: readonly WorldRepository[];
  readonly secrets: readonly WorldSecret[];
  /** The organization's own template for subjects. */
  readonly claimKeys: readonly string[];
  readonly installations: readonly WorldInstallation[];
}
