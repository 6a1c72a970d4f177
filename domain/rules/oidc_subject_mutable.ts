import type { Entity } from '../graph/types.ts';
import { ownInput, unread } from './lib/coverage.ts';
import { type Judgement, defineRule } from './lib/define.ts';
import { AWS_IAM, ENTRA_FEDERATED_CREDENTIALS } from './lib/inputs.ts';
import { isGithubHosted, isNameOnly, issuerOfCredential, roleTrusts } from './lib/oidc.ts';
import { expressionOf } from './lib/oidc-reach.ts';
import { listed } from './lib/order.ts';
import { strings } from './lib/state.ts';
import type { RuleContext } from './types.ts';

export const oidcSubjectMutable = defineRule(
  {
    id: 'oidc_subject_mutable',
    version: 3,
    title: 'A trust in a repository by its name alone',
    severity: 'medium',
    rationale:
      'GitHub offers subjects with the numeric ids of owner and repository (`repo:owner@id/name@id:…`). A name can be given up by a rename or a ' +
      'deletion and taken by somebody else, who then inherits the trust; an id cannot.',
    remediation:
      'Have the repository use immutable subjects, add the new subject to the trust, and remove the name-only one once nothing uses it.',
    frameworks: {},
    identity_fields: ['trust'],
    reads: [AWS_IAM, ENTRA_FEDERATED_CREDENTIALS],
  },
  function* (context) {
    for (const { subject, trust, edges } of roleTrusts(context)) {
      if (trust === undefined || !isGithubHosted(trust.issuer)) continue;
      // The key of a long trust does not hold them all.
      const told = strings(subject, 'subjects');
      yield judge(
        context,
        subject,
        told.length > 0 ? told : trust.subjects.map((claim) => claim.value),
        edges.map((edge) => edge.id),
      );
    }
    for (const subject of context.entitiesOf('credential', 'federated_credential')) {
      const issuer = issuerOfCredential(subject);
      if (issuer === undefined || !isGithubHosted(issuer)) continue;
      const trusting = [...context.in(subject.id, 'TRUSTS_SUBJECT'), ...context.in(subject.id, 'HAS_CREDENTIAL')];
      yield judge(
        context,
        subject,
        namesTrusted(subject),
        trusting.map((edge) => edge.id),
      );
    }
  },
);

/** An id in the expression holds whatever becomes of the name (`claims['repository_id'] eq '…'`). */
function namesTrusted(credential: Entity): readonly (string | undefined)[] {
  const expression = expressionOf(credential);
  if (expression === undefined) return [undefined];
  if (expression.conditions.some(({ claim, op }) => IDS.has(claim) && op === 'StringEquals')) return [];
  return expression.conditions.filter(({ claim }) => claim === 'sub').map(({ value }) => value);
}

const IDS: ReadonlySet<string> = new Set(['repository_id', 'repository_owner_id']);

/** A value is undefined where the source does not say it: an Entra credential can match claims by an expression instead of a subject. */
function judge(context: RuleContext, subject: Entity, values: readonly (string | undefined)[], edges: readonly string[]): Judgement {
  const told = values.filter((value) => value !== undefined);
  const mutable = told.filter(isNameOnly);
  if (mutable.length > 0) return { verdict: 'finding', subject, facts: { subjects: listed(mutable) }, proof: { edges } };
  const untold = told.length < values.length ? 'which subjects it trusts' : undefined;
  const missing = untold ?? unread(context, [ownInput(subject)], subject.source_tenant);
  return missing === undefined ? { verdict: 'clear', subject } : { verdict: 'not_evaluated', subject, missing };
}
