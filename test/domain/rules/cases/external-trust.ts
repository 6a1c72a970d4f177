import type { Entity, Props } from '../../../../domain/graph/types.ts';
import type { GraphBuilder } from '../builder.ts';
import { partly, type RuleCase, role } from './types.ts';

const external = 'external_trust_without_external_id';

const trusting =
  (props: Props, ...more: readonly Props[]) =>
  (g: GraphBuilder): Entity => {
    const account = g.entity('identity', 'aws_account', 'arn:aws:iam::999988887777:root', {}, { tenant: '999988887777' });
    const subject = role(g);
    for (const [n, one] of [props, ...more].entries())
      g.edge(
        subject,
        'TRUSTS',
        account,
        { external: true, principal_kind: 'account', condition_keys: [], ...one },
        { qualifier: String(n) },
      );
    return subject;
  };

export const EXTERNAL_TRUST_CASES: readonly RuleCase[] = [
  { rule: external, name: 'another account, no external id', verdict: 'finding', build: trusting({ has_external_id_condition: false }) },
  { rule: external, name: 'with an external id', verdict: 'clear', build: trusting({ has_external_id_condition: true }) },
  {
    rule: external,
    name: 'every account, with an external id, which is no secret',
    verdict: 'finding',
    build: trusting({ has_external_id_condition: true, principal_kind: 'any' }),
  },
  {
    rule: external,
    name: 'every account of the organization',
    verdict: 'clear',
    build: trusting({ has_external_id_condition: false, has_organization_condition: true, principal_kind: 'any' }),
  },
  {
    rule: external,
    name: 'one of two statements without',
    verdict: 'finding',
    build: trusting({ has_external_id_condition: true }, { has_external_id_condition: false }),
  },
  {
    rule: external,
    name: 'within the organization',
    verdict: 'clear',
    build: trusting({ has_external_id_condition: false, has_organization_condition: true, condition_keys: ['aws:principalorgid'] }),
  },
  {
    rule: external,
    name: 'a condition on the organization that keeps nobody out (StringNotEquals, IfExists)',
    verdict: 'finding',
    build: trusting({ has_external_id_condition: false, has_organization_condition: false, condition_keys: ['aws:principalorgid'] }),
  },
  {
    rule: external,
    name: 'a condition on the organization of which the source says the key alone',
    verdict: 'not_evaluated',
    missing: /organization/,
    build: trusting({ has_external_id_condition: false, condition_keys: ['aws:principalorgid'] }),
  },
  {
    rule: external,
    name: 'a deny may narrow it',
    verdict: 'not_evaluated',
    missing: /denies/,
    build: trusting({ has_external_id_condition: false, narrowed_by_deny: true }),
  },
  { rule: external, name: 'the own account', verdict: 'nothing', build: trusting({ external: false }) },
  { rule: external, name: 'a principal that was deleted', verdict: 'nothing', build: trusting({ principal_kind: 'unknown_id' }) },
  {
    rule: external,
    name: 'IAM was read in part',
    verdict: 'not_evaluated',
    missing: /aws:iam/,
    build: partly(trusting({ has_external_id_condition: true })),
  },
];
