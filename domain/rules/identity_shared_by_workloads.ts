import type { Edge, EntityId } from '../graph/types.ts';
import { inputsOf, unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { AWS_LAMBDA, SERVICENOW_WORKLOADS } from './lib/inputs.ts';
import { LISTED, listed } from './lib/order.ts';
import type { RuleContext } from './types.ts';

const reads = [AWS_LAMBDA, SERVICENOW_WORKLOADS];

export const identitySharedByWorkloads = defineRule(
  {
    id: 'identity_shared_by_workloads',
    version: 1,
    title: 'Several workloads run as one identity',
    severity: 'medium',
    rationale:
      'Each of them has all that any of them needs, their doings cannot be told apart, and the identity cannot be changed or revoked for one without breaking the others.',
    remediation: 'Give each workload an identity of its own with what it needs.',
    frameworks: { 'OWASP-NHI': ['NHI9:2025'] },
    identity_fields: ['identity'],
    reads,
  },
  function* (context) {
    for (const subject of [...context.entitiesOf('identity'), ...context.entitiesOf('role')]) {
      const edges = workloadEdges(context, subject.id);
      if (edges.length === 0) continue;
      const workloads = new Map(edges.map((edge) => [edge.from, edge]));
      if (workloads.size > 1) {
        const names = [...workloads.keys()].map((id) => context.entity(id)?.display_name ?? id);
        yield {
          verdict: 'finding',
          subject,
          facts: { workload_count: workloads.size, workloads: listed(names) },
          proof: { edges: [...workloads.values()].slice(0, LISTED).map((edge) => edge.id) },
        };
        continue;
      }
      const missing = unread(context, inputsOf(reads, subject.source_system), subject.source_tenant);
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

const workloadEdges = (context: RuleContext, identity: EntityId): readonly Edge[] =>
  [...context.in(identity, 'RUNS_AS'), ...context.in(identity, 'AUTHENTICATES_AS')].filter(
    (edge) => context.entity(edge.from)?.type === 'workload',
  );
