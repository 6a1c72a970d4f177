import { unread } from './lib/coverage.ts';
import { defineRule } from './lib/define.ts';
import { GITHUB_WORKFLOWS } from './lib/inputs.ts';
import { LISTED, listed, sortedUnique } from './lib/order.ts';
import { isEnabled, strings } from './lib/state.ts';

const reads = [GITHUB_WORKFLOWS];

export const pullRequestTargetWithSecrets = defineRule(
  {
    id: 'pull_request_target_with_secrets',
    version: 1,
    title: "Anyone's pull request starts a workflow that is given secrets",
    severity: 'critical',
    rationale:
      '`pull_request_target` runs with the rights of the base repository, secrets included, for pull requests of anyone, forks included. One step ' +
      'that builds or runs what the pull request brings hands the secrets over.',
    remediation:
      'Use `pull_request`, or split the workflow: the untrusted part without secrets, the trusted part on `workflow_run` without checking out the pull request.',
    frameworks: {},
    identity_fields: ['workflow'],
    reads,
  },
  function* (context) {
    for (const subject of context.entitiesOf('workload', 'workflow')) {
      const references = context.out(subject.id, 'REFERENCES_SECRET');
      // The file names what it uses even where the secrets themselves could not be listed.
      const secrets = sortedUnique([
        ...strings(subject, 'secret_names'),
        ...references.map((edge) => context.entity(edge.to)?.display_name ?? edge.to),
      ]);
      const every = subject.props['all_secrets'] === true;
      const known = Array.isArray(subject.props['triggers']);
      const targets = strings(subject, 'triggers').includes('pull_request_target') || subject.props['pull_request_target'] === true;
      if (targets && (every || secrets.length > 0) && isEnabled(subject) !== false) {
        yield {
          verdict: 'finding',
          subject,
          facts: {
            secret_count: secrets.length,
            secrets: listed(secrets),
            every_secret: every,
            checks_out_pull_request: subject.props['checks_out_pull_request'] === true,
          },
          proof: { edges: [...references.slice(0, LISTED), ...context.out(subject.id, 'TRIGGERED_BY')].map((edge) => edge.id) },
        };
        continue;
      }
      const missing = known ? unread(context, reads, subject.source_tenant) : 'what starts the workflow';
      yield missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
    }
  },
);
