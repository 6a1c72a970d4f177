import type { Entity, Props } from '../../../../domain/graph/types.ts';
import type { GraphBuilder } from '../builder.ts';
import { owner, principal } from './entra.ts';
import { type RuleCase, allow, role } from './types.ts';

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
  readonly owners: readonly (boolean | undefined)[];
  readonly classification?: string | null;
  readonly tagsRead?: boolean;
  readonly completeness?: 'complete' | 'open_head';
}

/** A workflow, an Entra application, an AWS role and a bucket: the subject is the bucket. */
const story =
  ({ owners, classification = 'customer-data', tagsRead = true, completeness = 'complete' }: Story) =>
  (g: GraphBuilder): Entity => {
    const workflow = g.entity('workload', 'workflow', 'w', {}, github);
    const sp = principal(g, {}, 'customer-sync');
    for (const [n, enabled] of owners.entries()) g.edge(sp, 'OWNED_BY', owner(g, enabled, `owner-${n}`));
    const reader = role(g, 'reader');
    const bucket = g.entity('resource', 's3_bucket', 'exports', { classification, tags_read: tagsRead }, { category: 's3' });
    const reads = allow(g, reader, ['s3:GetObject']);
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
