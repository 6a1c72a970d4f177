/** What AWS roles ask of OIDC tokens, and how far a subject pattern reaches. */
import type { Edge, Entity } from '../../graph/types.ts';
import { JOIN_KEYS, type OidcTrust } from '../../stitching/keys.ts';
import { parseTrust } from '../../stitching/oidc-trust.ts';
import type { RuleContext } from '../types.ts';
import { perContext } from './memo.ts';
import { text } from './state.ts';

export interface RoleTrust {
  readonly subject: Entity;
  /** `undefined` when the entity does not say it in the form that was agreed. */
  readonly trust: OidcTrust | undefined;
  /** From the roles that trust it. */
  readonly edges: readonly Edge[];
  readonly roles: readonly string[];
}

/** One per trust statement and provider, in id order. */
export const roleTrusts: (context: RuleContext) => readonly RoleTrust[] = perContext((context) =>
  context.entitiesOf('identity', 'federated_subject').map((subject) => {
    const edges = context.in(subject.id, 'TRUSTS_SUBJECT');
    return {
      subject,
      trust: trustOf(subject),
      edges,
      roles: edges.map((edge) => context.entity(edge.from)?.display_name ?? edge.from),
    };
  }),
);

function trustOf({ join_keys }: Entity): OidcTrust | undefined {
  const key = join_keys.find(({ k }) => k === JOIN_KEYS.oidcTrust);
  return key === undefined ? undefined : (parseTrust(key.v) ?? undefined);
}

/** GitHub's own issuers, an enterprise's path of them included (GitHub docs, "OpenID Connect reference"). They offer immutable subjects. */
export const isGithubHosted = (issuer: string): boolean =>
  /^token\.actions\.(?:githubusercontent\.com|[a-z0-9-]+\.ghe\.com)(?:\/|$)/.test(issuer);

/** Those, and a GitHub Enterprise Server's, which writes subjects in the same form. */
export const isGithubIssuer = (issuer: string): boolean => isGithubHosted(issuer) || /^[a-z0-9.-]+\/_services\/token$/.test(issuer);

/** Of an Entra federated credential: host and path, as the keys of AWS trusts have it. */
export const issuerOfCredential = (credential: Entity): string | undefined =>
  text(credential, 'issuer')
    ?.replace(/^https:\/\//, '')
    .replace(/\/$/, '');

const BY_NAME = /^repo:[^:@]+:|:repo:[^:@]+|(?:^|:)(?:repository|repository_owner|workflow_ref|job_workflow_ref):[^:]/;
const BY_ID = /(?:^|:)(?:repository|repository_owner|enterprise)_id:\d+(?::|$)/;

/** A name (`repo:owner/name:…`) without a numeric id: whoever takes the name over after a rename or a deletion takes the trust over. */
export const isNameOnly = (subject: string): boolean => BY_NAME.test(subject) && !BY_ID.test(subject);
