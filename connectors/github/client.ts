/** Pages through GitHub's REST API. What several categories need is read once. No judgement here: answers are parsed and handed on. */
import type { z } from 'zod';
import type { ScopeFile } from '../contract/scope.ts';
import { createSourceHttp, type SourceHttp, type SourceHttpOptions, staticAuthorization } from '../sdk/http.ts';
import { undecided } from '../sdk/checks.ts';
import { malformed } from '../sdk/http/errors.ts';
import { SourceError } from '../sdk/types.ts';
import * as api from './api-types.ts';
import { compare } from './converters/ids.ts';
import { readWorkflowFile, type WorkflowFacts } from './converters/workflow-file.ts';
import { Memo } from './memo.ts';
import { isGeneral } from './refusals.ts';
import { type GithubSettings, readSettings, readToken } from './settings.ts';

export type GithubTuning = Pick<SourceHttpOptions, 'retry' | 'concurrency' | 'clock'>;

export interface WorkflowFile {
  readonly workflow: api.Workflow;
  /** Null when GitHub could not run it either. */
  readonly facts: WorkflowFacts | null;
}

/** What of a repository's workflows could be read; a file that could not is in `errors`, as the reason why. */
export interface WorkflowFiles {
  readonly files: readonly WorkflowFile[];
  readonly errors: readonly SourceError[];
}

const PAGE = 100;

export function connectGithub(
  scope: ScopeFile,
  env: Readonly<Record<string, string | undefined>>,
  tuning: GithubTuning = {},
): GithubClient {
  const settings = readSettings(scope);
  const token = readToken(env);
  const http = createSourceHttp({
    baseUrl: settings.baseUrl,
    allowPrivate: settings.allowPrivate,
    authorize: staticAuthorization(`Bearer ${token}`),
    userAgent: 'sv0-github-connector',
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    deadlineAt: Date.parse(scope.deadline_at),
    isThrottle: isSecondaryLimit,
    log: (line) => process.stderr.write(`${line}\n`),
    ...tuning,
    // An installation token that was minted a moment ago can be refused for seconds; a personal one is not made for us on the spot.
    retry: { freshCredentialMs: token.startsWith('ghs_') ? 15_000 : 0, ...tuning.retry },
  });
  return new GithubClient(settings, http, new Memo());
}

/** A 403 whose headers do not say that it is a throttle (docs.github.com, "Rate limits for the REST API"). */
function isSecondaryLimit(status: number, _headers: unknown, body: unknown): boolean {
  if (status !== 403 || typeof body !== 'object' || body === null) return false;
  const { message, documentation_url: link } = body as Record<string, unknown>;
  return (
    (typeof message === 'string' && /secondary rate limit/i.test(message)) ||
    (typeof link === 'string' && /secondary-rate-limits/.test(link))
  );
}

export class GithubClient {
  readonly settings: GithubSettings;
  readonly #http: SourceHttp;
  readonly #memo: Memo;

  constructor(settings: GithubSettings, http: SourceHttp, memo: Memo) {
    this.settings = settings;
    this.#http = http;
    this.#memo = memo;
  }

  /** The same client, giving up when `signal` is aborted. */
  under(signal: AbortSignal): GithubClient {
    return new GithubClient(this.settings, this.#http.under(signal), this.#memo);
  }

  get organizationPath(): string {
    return this.#organization;
  }

  /** One small answer; what it holds is nobody's business. */
  async probe(path: string): Promise<void> {
    await this.#http.get(path, { query: { per_page: 1 } });
  }

  /** A text of the first item of a list; null when the list is empty. */
  async first(path: string, field: string | null, name: string): Promise<string | null> {
    const { body } = await this.#http.get(path, { query: { per_page: 1 } });
    const list = field === null ? body : (body as Record<string, unknown> | null)?.[field];
    if (!Array.isArray(list)) throw malformed('a list', path);
    const value: unknown = (list[0] as Record<string, unknown> | undefined)?.[name];
    return typeof value === 'string' ? value : null;
  }

  /** Its path below the API: the first of the allow-list, else the first that the credential sees. */
  async firstRepository(): Promise<string> {
    const [allowed] = this.settings.repositories === null ? [] : [...this.settings.repositories].sort();
    const name = allowed ?? (await this.first(`${this.#organization}/repos`, null, 'name'));
    if (name === null) throw undecided('the credential sees no repository to try it on');
    return `/repos/${encodeURIComponent(this.settings.organization)}/${encodeURIComponent(name)}`;
  }

  /** By name; within the scope's allow-list. */
  repositories(): Promise<readonly api.Repository[]> {
    return this.#memo.once('repositories', async () => {
      const all = await this.#list(`${this.#organization}/repos`, api.repository, { query: { type: 'all', sort: 'full_name' } });
      const wanted = this.settings.repositories;
      return all.filter(({ name }) => wanted === null || wanted.has(name.toLowerCase())).sort((a, b) => compare(a.full_name, b.full_name));
    });
  }

  /** Names of the allow-list that are no repository which the credential sees: renamed, deleted, or taken out of its reach. */
  async unseenRepositories(): Promise<readonly string[]> {
    const seen = new Set((await this.repositories()).map(({ name }) => name.toLowerCase()));
    return [...(this.settings.repositories ?? [])].filter((name) => !seen.has(name)).sort(compare);
  }

  /** People whom the repository itself names as administrators: not those who are it by a team or as owners of the organization. */
  admins(repository: api.Repository): Promise<readonly api.User[]> {
    return this.#memo.once(`admins ${repository.id}`, async () => {
      const users = await this.#list(`${pathOf(repository)}/collaborators`, api.user, {
        query: { affiliation: 'direct', permission: 'admin' },
      });
      return users.sort((a, b) => a.id - b.id);
    });
  }

  environments(repository: api.Repository): Promise<readonly api.Environment[]> {
    return this.#memo.once(`environments ${repository.id}`, async () => {
      const environments = await this.#list(`${pathOf(repository)}/environments`, api.environment, { field: 'environments' });
      return environments.sort((a, b) => a.id - b.id);
    });
  }

  async branchPatterns(repository: api.Repository, environment: api.Environment): Promise<readonly string[]> {
    const path = `${pathOf(repository)}/environments/${encodeURIComponent(environment.name)}/deployment-branch-policies`;
    return (await this.#list(path, api.branchPolicy, { field: 'branch_policies' })).map(({ name, type }) =>
      type === 'tag' ? `tag:${name}` : name,
    );
  }

  /** Workflows of the default branch, in the order of their paths. Rejects only when they could not even be listed. */
  workflows(repository: api.Repository): Promise<WorkflowFiles> {
    const lasting = ({ errors }: WorkflowFiles): boolean => errors.every((error) => error.class === 'persistent');
    const read = async (): Promise<WorkflowFiles> => {
      const listed = await this.#list(`${pathOf(repository)}/actions/workflows`, api.workflow, { field: 'workflows' });
      // GitHub's own ("dynamic/…") have no file, deleted ones no longer run.
      const own = listed.filter(({ path, state }) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) && state !== 'deleted');
      const files: WorkflowFile[] = [];
      const errors: SourceError[] = [];
      for (const workflow of own.sort((a, b) => compare(a.path, b.path))) {
        try {
          files.push({ workflow, facts: await this.#facts(repository, workflow) });
        } catch (error) {
          if (!(error instanceof SourceError) || isGeneral(error)) throw error;
          errors.push(error);
        }
      }
      return { files, errors };
    };
    return this.#memo.once(`workflows ${repository.id}`, read, lasting);
  }

  /** With the organization's claim keys filled in where the repository leaves them to it. */
  oidcTemplate(repository: api.Repository): Promise<api.OidcTemplate> {
    return this.#memo.once(`oidc ${repository.id}`, async () => {
      const own = await this.#one(`${pathOf(repository)}/actions/oidc/customization/sub`, api.oidcTemplate);
      if (own.use_default || (own.include_claim_keys ?? []).length > 0) return own;
      const organization = await this.#memo.once('oidc', () =>
        this.#one(`${this.#organization}/actions/oidc/customization/sub`, api.oidcTemplate),
      );
      return { ...own, include_claim_keys: organization.include_claim_keys };
    });
  }

  organizationSecrets(): Promise<readonly api.ActionsSecret[]> {
    return this.#memo.once('secrets', () => this.#secrets(`${this.#organization}/actions/secrets`));
  }

  /** Repositories that an organization secret with `visibility: selected` is shared with. */
  async secretRepositories(name: string): Promise<ReadonlySet<number>> {
    const path = `${this.#organization}/actions/secrets/${encodeURIComponent(name)}/repositories`;
    return new Set((await this.#list(path, api.repositoryId, { field: 'repositories' })).map(({ id }) => id));
  }

  repositorySecrets(repository: api.Repository): Promise<readonly api.ActionsSecret[]> {
    return this.#secrets(`${pathOf(repository)}/actions/secrets`);
  }

  environmentSecrets(repository: api.Repository, environment: api.Environment): Promise<readonly api.ActionsSecret[]> {
    return this.#secrets(`${pathOf(repository)}/environments/${encodeURIComponent(environment.name)}/secrets`);
  }

  async installations(): Promise<readonly api.Installation[]> {
    const installations = await this.#list(`${this.#organization}/installations`, api.installation, { field: 'installations' });
    return installations.sort((a, b) => a.id - b.id);
  }

  /** Login or slug of an app's publisher; null when the app is not public. */
  async publisher(slug: string): Promise<string | null> {
    const path = `/apps/${encodeURIComponent(slug)}`;
    const { status, body } = await this.#http.get(path, { accept: [404] });
    if (status === 404) return null;
    const { owner } = parsed(api.app, body, path);
    return owner?.login ?? owner?.slug ?? null;
  }

  async deployKeys(repository: api.Repository): Promise<readonly api.DeployKey[]> {
    return (await this.#list(`${pathOf(repository)}/keys`, api.deployKey)).sort((a, b) => a.id - b.id);
  }

  get #organization(): string {
    return `/orgs/${encodeURIComponent(this.settings.organization)}`;
  }

  async #secrets(path: string): Promise<readonly api.ActionsSecret[]> {
    return (await this.#list(path, api.actionsSecret, { field: 'secrets' })).sort((a, b) => compare(a.name, b.name));
  }

  /** The text goes no further than this: facts come out. */
  async #facts(repository: api.Repository, workflow: api.Workflow): Promise<WorkflowFacts | null> {
    const path = `${pathOf(repository)}/contents/${workflow.path.split('/').map(encodeURIComponent).join('/')}`;
    const { body } = await this.#http.get(path, { query: { ref: repository.default_branch } });
    const file = parsed(api.fileContent, body, path);
    if (file.encoding !== 'base64') throw malformed('a file without its content', path);
    return readWorkflowFile(Buffer.from(file.content, 'base64').toString('utf8'));
  }

  async #one<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.infer<Shape>> {
    return parsed(shape, (await this.#http.get(path)).body, path);
  }

  async #list<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    options: { field?: string; query?: Record<string, string> } = {},
  ): Promise<z.infer<Shape>[]> {
    const { field, query } = options;
    const items = (body: unknown): unknown => (field === undefined ? body : (body as Record<string, unknown> | null)?.[field]);
    const all: z.infer<Shape>[] = [];
    for await (const page of this.#http.pages(path, { query: { per_page: PAGE, ...query }, items })) {
      for (const item of page.items) all.push(parsed(shape, item, path));
    }
    return all;
  }
}

const pathOf = ({ owner, name }: api.Repository): string => `/repos/${encodeURIComponent(owner.login)}/${encodeURIComponent(name)}`;

function parsed<Shape extends z.ZodType>(shape: Shape, value: unknown, subject: string): z.infer<Shape> {
  const result = shape.safeParse(value);
  // The field, never the value.
  if (!result.success) throw malformed(`field ${result.error.issues[0]?.path.join('.') || '(whole)'}`, subject);
  return result.data;
}
