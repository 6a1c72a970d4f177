/** How an emulated GitHub is started, and what is public about it. */
import { CONTOSO, NORTHWIND } from '../story.ts';
import type { GithubWorld } from './types.ts';

/** Tokens that may read everything of one organization and nothing of another. By the organization's login. */
export const DEMO_GITHUB_TOKENS = {
  [NORTHWIND.github.organization]: 'demo-github-token-of-northwind-7f31c0de',
  [CONTOSO.github.organization]: 'demo-github-token-of-contoso-19ab44e2',
} as const satisfies Readonly<Record<string, string>>;

/** The platform's own read-only App, installed on both organizations: what a federation provider signs as. */
export const DEMO_GITHUB_APP = {
  appId: 515151,
  slug: 'sv0-reader',
  installations: { [NORTHWIND.github.organization]: 5550090, [CONTOSO.github.organization]: 5560090 } as Readonly<Record<string, number>>,
  permissions: {
    actions: 'read',
    administration: 'read',
    contents: 'read',
    environments: 'read',
    metadata: 'read',
    organization_administration: 'read',
    organization_secrets: 'read',
    secrets: 'read',
  },
} as const;

/** One kind of request each; also the name of its counter. */
export const REQUEST_KINDS = [
  'organization',
  'repositories',
  'repository',
  'collaborators',
  'environments',
  'branch_policies',
  'workflows',
  'contents',
  'oidc_repository',
  'oidc_organization',
  'repository_secrets',
  'environment_secrets',
  'organization_secrets',
  'organization_secret_repositories',
  'installations',
  'app',
  'deploy_keys',
  'installation_repositories',
  'rate_limit',
  'access_tokens',
  'app_installation',
  'organization_installation',
] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export interface GithubNastiness {
  /** Answers that hold fewer items than were asked for. */
  readonly maxPerPage?: number;
  /** Before the second page of every list comes an empty one, with a next link. */
  readonly emptyPages?: boolean;
  /** Every so many requests a secondary limit is hit, `times` times at most. Who comes back before it is over is locked out for good. */
  readonly throttle?: {
    readonly everyRequests: number;
    readonly status: 403 | 429;
    readonly seconds: number;
    /** `nothing`: neither header, only the sentence in the body. */
    readonly say: 'retry-after' | 'reset' | 'nothing';
    readonly times: number;
  };
  /** Every so many requests, `burst` requests in a row fail: 502, 503, 500, a cut connection, in turn. */
  readonly failures?: { readonly everyRequests: number; readonly burst: number };
  /** So long after a token was minted (or first seen) it is not known yet: 401. */
  readonly freshTokenMs?: number;
  /** From this request on every token is expired: 401. */
  readonly expireAfterRequests?: number;
  /** Life of minted tokens; an hour. */
  readonly tokenLifetimeMs?: number;
  /** Answers 403 as to a token that lacks the permission; in one repository only, or everywhere. */
  readonly deny?: readonly { readonly kind: RequestKind; readonly repository?: string }[];
}

export interface GithubEmulatorOptions {
  readonly port?: number;
  /** What the dates of the worlds are counted back from. */
  readonly now?: Date;
  readonly worlds?: readonly GithubWorld[];
  /** Letters and digits that stand in every installation token, so that a search finds them all. */
  readonly mark?: string;
  readonly nasty?: GithubNastiness;
}
