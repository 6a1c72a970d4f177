import { canonicalJson } from '../../../../domain/canonical.ts';
import type { Entity, JoinKey, Props } from '../../../../domain/graph/types.ts';
import { type ClaimCondition, type FederatedExpression, JOIN_KEYS, type OidcTrust } from '../../../../domain/stitching/keys.ts';
import type { GraphBuilder } from '../builder.ts';
import { registration } from './entra.ts';
import { partly, type RuleCase, role } from './types.ts';

const wildcard = 'oidc_subject_wildcard';
const missing = 'oidc_subject_missing';
const audience = 'oidc_audience_missing';
const mutable = 'oidc_subject_mutable';
const GITHUB = 'token.actions.githubusercontent.com';

const like = (value: string): OidcTrust['subjects'][number] => ({ op: 'StringLike', value });
const equals = (value: string): OidcTrust['subjects'][number] => ({ op: 'StringEquals', value });

const oidc =
  (trust: Partial<OidcTrust>) =>
  (g: GraphBuilder): Entity => {
    const full: OidcTrust = {
      issuer: GITHUB,
      subjects: [equals('repo:o@1/n@2:ref:refs/heads/main')],
      audiences: [equals('sts.amazonaws.com')],
      other_conditions: false,
      ...trust,
    };
    const subject = g.entity('identity', 'federated_subject', 'trust', {}, { keys: [{ k: JOIN_KEYS.oidcTrust, v: canonicalJson(full) }] });
    g.edge(role(g), 'TRUSTS_SUBJECT', subject);
    return subject;
  };
const unreadable = (g: GraphBuilder): Entity =>
  g.entity('identity', 'federated_subject', 'trust', {}, { keys: [{ k: JOIN_KEYS.oidcTrust, v: '{"issuer":1}' }] });

const federated =
  (props: Props, keys: readonly JoinKey[] = []) =>
  (g: GraphBuilder): Entity => {
    const category = 'federated_credentials';
    const credential = g.entity('credential', 'federated_credential', 'fic', props, { system: 'entra', category, keys });
    g.edge(registration(g), 'TRUSTS_SUBJECT', credential, {}, { category });
    return credential;
  };

/** `null`: in a form that nobody understood. */
const expression = (conditions: readonly (Omit<ClaimCondition, 'claim'> & { readonly claim?: string })[] | null) => {
  const told: FederatedExpression = {
    issuer: GITHUB,
    conditions: (conditions ?? []).map((one) => ({ claim: 'sub', ...one })),
    analysed: conditions !== null,
  };
  return federated({ issuer: `https://${GITHUB}` }, [{ k: JOIN_KEYS.entraFederatedCredential, v: canonicalJson(told) }]);
};

/** The same verdict for a role that trusts any of these subjects, each alone. */
const each = (rule: string, verdict: RuleCase['verdict'], name: string, subjects: readonly string[]): readonly RuleCase[] =>
  subjects.map((subject) => ({ rule, name: `${name}: ${subject}`, verdict, build: oidc({ subjects: [equals(subject)] }) }));

export const OIDC_TRUST_CASES: readonly RuleCase[] = [
  {
    rule: wildcard,
    name: 'any repository of an owner',
    verdict: 'finding',
    facts: { patterns: ['repo:contoso-bank/*'] },
    build: oidc({ subjects: [like('repo:contoso-bank/*')] }),
  },
  { rule: wildcard, name: 'anything', verdict: 'finding', build: oidc({ subjects: [like('*')] }) },
  {
    rule: wildcard,
    name: 'a name with a wildcard',
    verdict: 'finding',
    build: oidc({ subjects: [like('repo:contoso/app-*:ref:refs/heads/main')] }),
  },
  { rule: wildcard, name: 'an owner with a wildcard', verdict: 'finding', build: oidc({ subjects: [like('repo:contoso*/app:*')] }) },
  { rule: wildcard, name: 'any owner, main only', verdict: 'finding', build: oidc({ subjects: [like('*:ref:refs/heads/main')] }) },
  { rule: wildcard, name: 'a name that goes on', verdict: 'finding', build: oidc({ subjects: [like('repo:contoso/app*')] }) },
  {
    rule: wildcard,
    name: 'one of two',
    verdict: 'finding',
    facts: { patterns: ['repo:o/*'] },
    build: oidc({ subjects: [like('repo:o/n:*'), like('repo:o/*')] }),
  },
  {
    rule: wildcard,
    name: 'an exact subject beside the pattern: both have to be met',
    verdict: 'clear',
    build: oidc({ subjects: [equals('repo:o/n:ref:refs/heads/main'), like('repo:o/*')] }),
  },
  { rule: wildcard, name: 'branches of one repository', verdict: 'clear', build: oidc({ subjects: [like('repo:contoso/app:*')] }) },
  {
    rule: wildcard,
    name: 'branches of one repository, by ids',
    verdict: 'clear',
    build: oidc({ subjects: [like('repo:contoso@1/app@2:ref:refs/heads/*')] }),
  },
  {
    rule: wildcard,
    name: 'StringEquals takes `*` for a character',
    verdict: 'clear',
    build: oidc({ subjects: [equals('repo:contoso/*')] }),
  },
  {
    rule: wildcard,
    name: 'other conditions may narrow it',
    verdict: 'not_evaluated',
    missing: /conditions/,
    build: oidc({ subjects: [like('repo:contoso/*')], other_conditions: true }),
  },
  {
    rule: wildcard,
    name: 'an issuer whose subjects we do not know',
    verdict: 'not_evaluated',
    missing: /issuer/,
    build: oidc({ issuer: 'oidc.example.com', subjects: [like('project:a:*')] }),
  },
  { rule: wildcard, name: 'a trust in no form that was agreed', verdict: 'not_evaluated', build: unreadable },
  { rule: wildcard, name: 'IAM was read in part', verdict: 'not_evaluated', missing: /aws:iam/, build: partly(oidc({})) },

  ...[
    'environment:production',
    'ref:refs/heads/main',
    'pull_request',
    'environment:production:actor:ada',
    'repository_visibility:private:job_workflow_sha:0a1b',
  ].map(
    (subject): RuleCase => ({
      rule: wildcard,
      name: `a customised subject that names nobody, exactly: ${subject}`,
      verdict: 'finding',
      facts: { patterns: [subject] },
      build: oidc({ subjects: [equals(subject)] }),
    }),
  ),
  ...each(wildcard, 'clear', 'a customised subject that names somebody', [
    'environment:production:repository_owner:contoso',
    'repository_owner_id:42:environment:production',
    'repository_id:4711',
    'repository:contoso/app',
    'context:x:repo:contoso/app',
    'pull_request:repository:contoso/app',
    'workflow_ref:contoso/app/.github/workflows/deploy.yml@refs/heads/main',
    'enterprise:contoso',
  ]),
  {
    rule: wildcard,
    name: 'an owner behind an open environment',
    verdict: 'clear',
    build: oidc({ subjects: [like('environment:*:repository_owner:contoso')] }),
  },
  {
    rule: wildcard,
    name: 'an owner that is itself open',
    verdict: 'finding',
    build: oidc({ subjects: [like('environment:production:repository_owner:contoso*')] }),
  },
  {
    rule: wildcard,
    name: 'one of two exact subjects names nobody',
    verdict: 'finding',
    facts: { patterns: ['environment:production'] },
    build: oidc({ subjects: [equals('repo:o/n:ref:refs/heads/main'), equals('environment:production')] }),
  },
  {
    rule: wildcard,
    name: 'an exact subject that the pattern beside it shuts out',
    verdict: 'clear',
    build: oidc({ subjects: [equals('environment:production'), equals('repo:o/n:x'), like('repo:o/*')] }),
  },
  ...['job_workflow_ref:contoso/infra/.github/workflows/deploy.yml@refs/heads/main', 'environment:x:constructor:y'].map(
    (subject): RuleCase => ({
      rule: wildcard,
      name: `who that is, is not told: ${subject}`,
      verdict: 'not_evaluated',
      missing: subject.startsWith('job') ? /reusable/ : /form/,
      build: oidc({ subjects: [equals(subject)] }),
    }),
  ),
  {
    rule: wildcard,
    name: 'an exact subject of another issuer',
    verdict: 'clear',
    build: oidc({ issuer: 'oidc.example.com', subjects: [equals('environment:production')] }),
  },
  {
    rule: wildcard,
    name: 'Entra trusts an environment of any repository',
    verdict: 'finding',
    facts: { patterns: ['environment:production'] },
    build: federated({ issuer: `https://${GITHUB}`, subject: 'environment:production' }),
  },
  {
    rule: wildcard,
    name: 'Entra trusts one repository',
    verdict: 'clear',
    build: federated({ issuer: `https://${GITHUB}`, subject: 'repo:o/n:ref:refs/heads/main' }),
  },
  {
    rule: wildcard,
    name: 'an Entra expression takes every repository of an owner',
    verdict: 'finding',
    facts: { patterns: ['repo:o/*'] },
    build: expression([like('repo:o/*')]),
  },
  {
    rule: wildcard,
    name: 'an Entra expression takes every repository of an owner, of which an id leaves one',
    verdict: 'clear',
    build: expression([like('repo:o/*'), { claim: 'repository_id', ...equals('4711') }]),
  },
  { rule: wildcard, name: 'an Entra expression that was not understood', verdict: 'not_evaluated', build: expression(null) },
  {
    rule: wildcard,
    name: 'federated credentials were read in part',
    verdict: 'not_evaluated',
    missing: /federated_credentials/,
    build: (g) => {
      g.cover('entra:federated_credentials', 'partial');
      return federated({ issuer: `https://${GITHUB}`, subject: 'repo:o@1/n@2:x' })(g);
    },
  },

  { rule: missing, name: 'no subject', verdict: 'finding', facts: { issuer: GITHUB, roles: ['app'] }, build: oidc({ subjects: [] }) },
  { rule: missing, name: 'a subject', verdict: 'clear', build: oidc({}) },
  {
    rule: missing,
    name: 'something else is asked',
    verdict: 'not_evaluated',
    missing: /conditions/,
    build: oidc({ subjects: [], other_conditions: true }),
  },
  { rule: missing, name: 'a trust in no form that was agreed', verdict: 'not_evaluated', build: unreadable },
  { rule: missing, name: 'IAM was read in part', verdict: 'not_evaluated', missing: /aws:iam/, build: partly(oidc({})) },

  { rule: audience, name: 'no audience', verdict: 'finding', build: oidc({ audiences: [] }) },
  { rule: audience, name: 'an audience', verdict: 'clear', build: oidc({}) },
  { rule: audience, name: 'any audience', verdict: 'finding', build: oidc({ audiences: [like('**')] }) },
  { rule: audience, name: 'one audience or any', verdict: 'finding', build: oidc({ audiences: [like('sts.amazonaws.com'), like('*')] }) },
  { rule: audience, name: 'one audience that a pattern takes too', verdict: 'clear', build: oidc({ audiences: [equals('a'), like('*')] }) },
  { rule: audience, name: 'a pattern for an audience', verdict: 'clear', build: oidc({ audiences: [like('sts.*')] }) },
  {
    rule: audience,
    name: 'something else is asked',
    verdict: 'not_evaluated',
    missing: /conditions/,
    build: oidc({ audiences: [], other_conditions: true }),
  },

  {
    rule: mutable,
    name: 'AWS trusts a name',
    verdict: 'finding',
    facts: { subjects: ['repo:o/n:environment:production'] },
    build: oidc({ subjects: [equals('repo:o/n:environment:production')] }),
  },
  { rule: mutable, name: 'AWS trusts ids', verdict: 'clear', build: oidc({}) },
  ...each(mutable, 'finding', 'a customised subject with a name', [
    'repository:o/n',
    'environment:x:repository_owner:o',
    'environment:x:repo:o/n',
  ]),
  {
    rule: mutable,
    name: 'a customised subject with a name and an id',
    verdict: 'clear',
    build: oidc({ subjects: [equals('repository:o/n:repository_id:4711')] }),
  },
  {
    rule: mutable,
    name: 'another issuer',
    verdict: 'nothing',
    build: oidc({ issuer: 'sts.windows.net/x/', subjects: [equals('repo:o/n:x')] }),
  },
  {
    rule: mutable,
    name: 'a GitHub Enterprise Server has no immutable form',
    verdict: 'nothing',
    build: oidc({ issuer: 'git.example.com/_services/token', subjects: [equals('repo:o/n:x')] }),
  },
  {
    rule: mutable,
    name: 'Entra trusts a name',
    verdict: 'finding',
    build: federated({ issuer: `https://${GITHUB}`, subject: 'repo:o/n:ref:refs/heads/main' }),
  },
  {
    rule: mutable,
    name: 'Entra trusts ids',
    verdict: 'clear',
    build: federated({ issuer: `https://${GITHUB}`, subject: 'repo:o@1/n@2:ref:refs/heads/main' }),
  },
  {
    rule: mutable,
    name: 'Entra matches an expression instead of a subject',
    verdict: 'not_evaluated',
    missing: /subjects/,
    build: federated({ issuer: `https://${GITHUB}` }),
  },
  {
    rule: mutable,
    name: 'an Entra expression takes names',
    verdict: 'finding',
    facts: { subjects: ['repo:o/n:ref:refs/heads/*'] },
    build: expression([like('repo:o/n:ref:refs/heads/*')]),
  },
  {
    rule: mutable,
    name: 'an Entra expression takes a name and the id of the repository',
    verdict: 'clear',
    build: expression([like('repo:o/n:ref:refs/heads/*'), { claim: 'repository_id', ...equals('4711') }]),
  },
  {
    rule: mutable,
    name: 'federated credentials were read in part',
    verdict: 'not_evaluated',
    missing: /federated_credentials/,
    build: (g) => {
      g.cover('entra:federated_credentials', 'partial');
      return federated({ issuer: `https://${GITHUB}`, subject: 'repo:o@1/n@2:x' })(g);
    },
  },
];
