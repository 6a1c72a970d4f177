import type { Entity } from '../graph/types.ts';
import { inputsOf, unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { SERVICENOW_USERS, SERVICENOW_WORKLOADS } from './lib/inputs.ts';
import { LISTED, listed } from './lib/order.ts';
import { isEnabled } from './lib/state.ts';

const reads = [SERVICENOW_WORKLOADS, SERVICENOW_USERS];

export const humanAccountRunsWorkload = defineRule(
  {
    id: 'human_account_runs_workload',
    version: 1,
    title: 'An automation runs as a person',
    severity: 'medium',
    rationale:
      "A workload executes with a person's account: it has all that the person may do, its doings look like the person's, and it breaks, or " +
      'lives on unseen, when the person leaves.',
    remediation:
      "Make an integration account with what the automation needs, let it run as that, and leave the person's account to the person.",
    frameworks: {},
    identity_fields: ['identity'],
    reads,
  },
  function* (context) {
    for (const subject of context.entitiesOf('identity', 'user')) {
      const runs = context.in(subject.id, 'RUNS_AS').filter((edge) => {
        const workload = context.entity(edge.from);
        return workload !== undefined && isEnabled(workload) !== false;
      });
      const human = isHuman(subject);
      if (runs.length > 0 && human === true) {
        const names = runs.map((edge) => context.entity(edge.from)?.display_name ?? edge.from);
        yield {
          verdict: 'finding',
          subject,
          facts: {
            account_enabled: isEnabled(subject) !== false,
            workload_count: new Set(runs.map((edge) => edge.from)).size,
            workloads: listed(names),
          },
          proof: { edges: runs.slice(0, LISTED).map((edge) => edge.id) },
        };
        continue;
      }
      const missing =
        runs.length > 0 && human === undefined
          ? 'whether it is a person'
          : unread(context, inputsOf(reads, subject.source_system), subject.source_tenant);
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);

const NOT_A_PERSON = ['internal_integration_user', 'web_service_access_only'] as const;

/** As the source says it; a name decides nothing. `undefined` when the source does not say. */
function isHuman(user: Entity): boolean | undefined {
  const said = NOT_A_PERSON.map((prop) => user.props[prop]);
  if (said.includes(true)) return false;
  return said.every((one) => one === false) ? true : undefined;
}
