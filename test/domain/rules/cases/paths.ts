import type { Entity, Props } from '../../../../domain/graph/types.ts';
import type { GraphBuilder } from '../builder.ts';
import { owner, principal } from './entra.ts';
import { type RuleCase, allow, arn, deny, role, statement } from './types.ts';

const reach = 'prod_identity_reachable_from_nonprod';
const unowned = 'unowned_path_to_sensitive_data';

const github = { system: 'github', category: 'workflows' } as const;

/** A workflow of GitHub that gets a token for a role in AWS. */
const between =
  (ofWorkflow: Props, ofRole: Props, truncated = false) =>
  (g: GraphBuilder): Entity => {
    const workflow = g.entity('workload', 'workflow', 'w', ofWorkflow, github);
    const subject = g.entity('identity', 'oidc_subject', 's', {}, github);
    const target = role(g, 'target', ofRole);
    const first = g.chain([workflow, subject], [g.edge(workflow, 'CAN_REQUEST_OIDC', subject)], { openTail: true });
    g.path([first, g.chain([target], [], { openHead: true })], 'complete', truncated);
    return target;
  };

interface Story {
  /** Of the workflow that the path begins with. */
  readonly starts?: Props;
  /** Of the role at its end, and what else speaks for it. */
  readonly reader?: Props;
  readonly policies?: (g: GraphBuilder, reader: Entity) => void;
  readonly owners: readonly (boolean | undefined)[];
  readonly classification?: string | null;
  readonly tagsRead?: boolean;
  readonly completeness?: 'complete' | 'open_head';
}

const EXPORTS = 'arn:aws:s3:::exports';
const BOUNDARY = arn('policy/boundary');
const bounded = (g: GraphBuilder, actions: readonly string[], resources: readonly string[], props: Props = {}): Entity =>
  statement(g, [], { actions, resources, policy_arn: BOUNDARY, ...props });

/** A workflow, an Entra application, an AWS role and a bucket: the subject is the bucket. */
const story =
  ({ owners, classification = 'customer-data', tagsRead = true, completeness = 'complete', ...more }: Story) =>
  (g: GraphBuilder): Entity => {
    const workflow = g.entity('workload', 'workflow', 'w', more.starts ?? {}, github);
    const sp = principal(g, {}, 'customer-sync');
    for (const [n, enabled] of owners.entries()) g.edge(sp, 'OWNED_BY', owner(g, enabled, `owner-${n}`));
    const reader = role(g, 'reader', more.reader);
    const bucket = g.entity('resource', 's3_bucket', EXPORTS, { classification, tags_read: tagsRead }, { category: 's3' });
    const reads = allow(g, reader, ['s3:GetObject']);
    more.policies?.(g, reader);
    const last = g.chain(
      [reader, reads, bucket],
      [...g.edges.filter((edge) => edge.to === reads.id), g.edge(reads, 'APPLIES_TO', bucket)],
      { openHead: true },
    );
    g.path([g.chain([workflow], [], { openTail: true }), g.chain([sp], [], { openHead: true, openTail: true }), last], completeness);
    return bucket;
  };

/** The same within one source: a chain with both ends closed is a complete path too. */
const withinAws = (g: GraphBuilder): Entity => {
  const fn = g.entity('workload', 'lambda_function', 'fn', {}, { category: 'lambda' });
  g.edge(fn, 'OWNED_BY', g.entity('owner', 'user', 'gone', { enabled: false }, { category: 'lambda' }));
  const reader = role(g, 'reader');
  const bucket = g.entity('resource', 's3_bucket', 'exports', { classification: 'PII', tags_read: true }, { category: 's3' });
  const reads = allow(g, reader, ['s3:GetObject']);
  g.chain(
    [fn, reader, reads, bucket],
    [g.edge(fn, 'RUNS_AS', reader), ...g.edges.filter((edge) => edge.to === reads.id), g.edge(reads, 'APPLIES_TO', bucket)],
  );
  return bucket;
};

export const PATH_CASES: readonly RuleCase[] = [
  {
    rule: reach,
    name: 'from staging',
    verdict: 'finding',
    facts: { source: 'w', path_count: 1 },
    build: between({ environment: 'Staging' }, { environment: 'production' }),
  },
  { rule: reach, name: 'from production', verdict: 'clear', build: between({ environment: 'prod' }, { environment: 'production' }) },
  {
    rule: reach,
    name: 'from something that declares nothing',
    verdict: 'not_evaluated',
    missing: /environment/,
    build: between({}, { environment: 'production' }),
  },
  {
    rule: reach,
    name: 'from production, and paths were cut',
    verdict: 'not_evaluated',
    missing: /cut/,
    build: between({ environment: 'prod' }, { environment: 'production' }, true),
  },
  {
    rule: reach,
    name: 'from staging, where it is switched off',
    verdict: 'clear',
    build: between({ environment: 'staging', enabled: false }, { environment: 'production' }),
  },
  { rule: reach, name: 'to something that declares nothing', verdict: 'nothing', build: between({ environment: 'dev' }, {}) },
  {
    rule: reach,
    name: 'a name is never guessed from',
    verdict: 'nothing',
    build: between({ environment: 'dev' }, { purpose: 'production' }),
  },
  {
    rule: reach,
    name: 'workflows were read in part',
    verdict: 'not_evaluated',
    missing: /github:workflows/,
    build: (g) => {
      g.cover('github:workflows', 'partial');
      return between({ environment: 'prod' }, { environment: 'production' })(g);
    },
  },

  {
    rule: unowned,
    name: 'the owner left the company',
    verdict: 'finding',
    facts: { classification: 'customer-data', unowned: 'customer-sync', disabled_owners: ['owner-0'], path_count: 1 },
    build: story({ owners: [false] }),
  },
  { rule: unowned, name: 'no owner', verdict: 'finding', build: story({ owners: [] }) },
  { rule: unowned, name: 'a living owner', verdict: 'clear', build: story({ owners: [false, true] }) },
  { rule: unowned, name: 'within one source', verdict: 'finding', facts: { unowned: 'fn', classification: 'PII' }, build: withinAws },
  {
    rule: unowned,
    name: 'an explicit deny takes the objects away',
    verdict: 'clear',
    build: story({ owners: [], policies: (g, reader) => deny(g, reader, ['s3:Get*'], { resources: [`${EXPORTS}*`] }) }),
  },
  {
    rule: unowned,
    name: 'a deny of everything but other buckets',
    verdict: 'clear',
    build: story({
      owners: [],
      policies: (g, reader) =>
        statement(g, [reader], { effect: 'Deny', actions: ['s3:*'], resources: [], not_resources: ['arn:aws:s3:::web/*'] }),
    }),
  },
  {
    rule: unowned,
    name: 'a deny of some of the objects leaves the others',
    verdict: 'finding',
    build: story({ owners: [], policies: (g, reader) => deny(g, reader, ['s3:*'], { resources: [`${EXPORTS}/private/*`] }) }),
  },
  {
    rule: unowned,
    name: 'a deny without MFA is no protection',
    verdict: 'finding',
    build: story({
      owners: [],
      policies: (g, reader) => deny(g, reader, ['*'], { condition_keys: ['aws:multifactorauthpresent'] }),
    }),
  },
  {
    rule: unowned,
    name: 'a deny whose condition cannot be decided',
    verdict: 'not_evaluated',
    missing: /conditions/,
    build: story({ owners: [], policies: (g, reader) => deny(g, reader, ['s3:*'], { condition_keys: ['aws:principaltag/team'] }) }),
  },
  {
    rule: unowned,
    name: 'a boundary without the bucket',
    verdict: 'clear',
    build: story({
      owners: [],
      reader: { permissions_boundary_arn: BOUNDARY },
      policies: (g) => bounded(g, ['s3:*'], ['arn:aws:s3:::web', 'arn:aws:s3:::web/*']),
    }),
  },
  {
    rule: unowned,
    name: 'a boundary with a part of the bucket',
    verdict: 'finding',
    build: story({
      owners: [],
      reader: { permissions_boundary_arn: BOUNDARY },
      policies: (g) => bounded(g, ['s3:GetObject'], ['arn:aws:s3:::exp*/2026/*']),
    }),
  },
  {
    rule: unowned,
    name: 'a boundary that was not read',
    verdict: 'not_evaluated',
    missing: /boundary/,
    build: story({ owners: [], reader: { permissions_boundary_arn: BOUNDARY } }),
  },
  {
    rule: unowned,
    name: 'a deny, and IAM was read in part',
    verdict: 'not_evaluated',
    missing: /aws:iam/,
    build: (g) => {
      g.cover('aws:iam', 'partial');
      return story({ owners: [], policies: (graph, reader) => deny(graph, reader, ['s3:*']) })(g);
    },
  },
  {
    rule: unowned,
    name: 'what starts it is switched off',
    verdict: 'clear',
    build: story({ owners: [], starts: { state: 'disabled_manually' } }),
  },
  { rule: unowned, name: 'ordinary data', verdict: 'nothing', build: story({ owners: [], classification: 'public' }) },
  { rule: unowned, name: 'no tag', verdict: 'nothing', build: story({ owners: [], classification: null }) },
  { rule: unowned, name: 'an open path', verdict: 'nothing', build: story({ owners: [], completeness: 'open_head' }) },
  {
    rule: unowned,
    name: 'tags were not read',
    verdict: 'not_evaluated',
    missing: /tags/,
    build: story({ owners: [], classification: null, tagsRead: false }),
  },
  {
    rule: unowned,
    name: 'an owner of whom nothing is known',
    verdict: 'not_evaluated',
    missing: /owners/,
    build: story({ owners: [undefined] }),
  },
  {
    rule: unowned,
    name: 'users were not read',
    verdict: 'not_evaluated',
    missing: /entra:users/,
    build: (g) => {
      g.cover('entra:users', 'failed');
      return story({ owners: [false] })(g);
    },
  },
];
