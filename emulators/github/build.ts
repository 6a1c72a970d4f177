/** Fills in what a draft of a repository leaves out. Ids and dates follow from the order and from `now`: nothing is random. */
import { ciText, describe, keyTitle } from './texts.ts';
import type { WorldApp, WorldEnvironment, WorldInstallation, WorldRepository, WorldSecret, WorldUser } from './types.ts';

export interface RepositoryDraft {
  readonly name: string;
  readonly id?: number;
  readonly visibility?: WorldRepository['visibility'];
  readonly archived?: boolean;
  readonly createdAt?: string;
  readonly immutableSubject?: boolean;
  readonly claimKeys?: readonly string[];
  readonly admins?: readonly string[];
  /** File name to text. */
  readonly workflows: Readonly<Record<string, string>>;
  /** Path of a workflow of GitHub's own, without a file. */
  readonly ownWorkflow?: string;
  readonly environments?: Readonly<
    Record<string, { readonly reviewers?: number; readonly branches?: WorldEnvironment['branches']; readonly secrets?: readonly string[] }>
  >;
  readonly secrets?: readonly string[];
  readonly deployKeys?: Readonly<Record<string, { readonly readOnly: boolean; readonly ageDays: number }>>;
}

const DAY = 86_400_000;
const NOUNS = [
  'billing',
  'catalog',
  'chat',
  'fleet',
  'gateway',
  'grid',
  'inventory',
  'labels',
  'maps',
  'metrics',
  'orders',
  'parts',
  'portal',
  'quotes',
  'search',
];
const KINDS = ['service', 'tools'];

export class Builder {
  readonly #login: string;
  readonly #base: number;
  readonly #now: number;
  readonly #users = new Map<string, number>();
  #serial = 0;

  constructor(login: string, base: number, now: Date) {
    this.#login = login;
    this.#base = base;
    this.#now = now.getTime();
  }

  /** Plain ones, as every organization has: a check on every pull request and little else. */
  ordinary(count: number): readonly RepositoryDraft[] {
    return Array.from({ length: count }, (_, index) => ({
      name: `${NOUNS[index % NOUNS.length]}-${KINDS[Math.floor(index / NOUNS.length) % KINDS.length]}`,
      admins: index % 4 === 0 ? [`dev-${index % 7}`] : [],
      workflows: { 'ci.yml': ciText(this.#base + index) },
      ...(index % 5 === 0 ? { secrets: ['CODECOV_TOKEN'] } : {}),
      ...(index % 6 === 0 ? { environments: { development: {} } } : {}),
      ...(index % 9 === 0 ? { deployKeys: { mirror: { readOnly: true, ageDays: 100 + index } } } : {}),
    }));
  }

  repositories(drafts: readonly RepositoryDraft[]): readonly WorldRepository[] {
    return drafts.map((draft, index) => this.#repository(draft, index));
  }

  secret(name: string, more: Partial<WorldSecret> = {}): WorldSecret {
    return { name, created_at: this.#ago(400), updated_at: this.#ago(200), ...more };
  }

  installation(
    id: number,
    app: WorldApp,
    permissions: WorldInstallation['permissions'],
    { selection = 'all', suspended = false }: { selection?: WorldInstallation['selection']; suspended?: boolean } = {},
  ): WorldInstallation {
    return { id, app, permissions, selection, suspendedAt: suspended ? this.#ago(30) : null, createdAt: this.#ago(300) };
  }

  #repository(draft: RepositoryDraft, index: number): WorldRepository {
    const files = Object.entries(draft.workflows).map(([file, text]) => ({ path: `.github/workflows/${file}`, text }));
    const workflows = [...files, ...(draft.ownWorkflow === undefined ? [] : [{ path: draft.ownWorkflow, text: null }])];
    return {
      id: draft.id ?? this.#base + 100 + index,
      name: draft.name,
      visibility: draft.visibility ?? 'private',
      archived: draft.archived ?? false,
      fork: false,
      defaultBranch: 'main',
      createdAt: draft.createdAt ?? `2023-0${1 + (index % 9)}-1${index % 10}T08:00:00Z`,
      description: describe(`${this.#login}-${draft.name}`),
      immutableSubject: draft.immutableSubject ?? false,
      claimKeys: draft.claimKeys ?? null,
      admins: (draft.admins ?? []).map((login) => this.#user(login)),
      environments: Object.entries(draft.environments ?? {}).map(([name, environment]) => ({
        id: this.#next(),
        name,
        reviewers: environment.reviewers ?? 0,
        waitMinutes: 0,
        branches: environment.branches ?? 'any',
        secrets: (environment.secrets ?? []).map((secret) => this.secret(secret)),
      })),
      workflows: workflows.map(({ path, text }) => ({ id: this.#next(), path, state: 'active', text })),
      deployKeys: Object.entries(draft.deployKeys ?? {}).map(([title, key]) => ({
        id: this.#next(),
        title: keyTitle(`${draft.name}-${title}`),
        read_only: key.readOnly,
        created_at: this.#ago(key.ageDays),
        last_used: key.ageDays > 365 ? null : this.#ago(3),
      })),
      secrets: (draft.secrets ?? []).map((name) => this.secret(name)),
    };
  }

  #user(login: string): WorldUser {
    const id = this.#users.get(login) ?? this.#base * 10 + this.#users.size;
    this.#users.set(login, id);
    return { id, login };
  }

  #next(): number {
    this.#serial += 1;
    return this.#base * 10 + 1000 + this.#serial;
  }

  #ago(days: number): string {
    return new Date(this.#now - days * DAY).toISOString().replace(/\.\d+Z$/, 'Z');
  }
}
