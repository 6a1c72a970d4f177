import type { Entity } from '../graph/types.ts';
import type { StitchedPath } from '../stitching/types.ts';
import { ownInput, unread } from './lib/coverage.ts';
import { cutWaysOf } from './lib/cut.ts';
import { defineRule } from './lib/define.ts';
import { environmentOf } from './lib/environments.ts';
import { passable } from './lib/passable.ts';
import { Opinions } from './lib/verdicts.ts';
import type { RuleContext } from './types.ts';

export const prodIdentityReachableFromNonprod = defineRule(
  {
    id: 'prod_identity_reachable_from_nonprod',
    version: 2,
    title: 'A production identity can be reached from outside production',
    severity: 'high',
    rationale:
      'A path across systems leads from something that declares itself development, test or staging to an identity or role that declares itself ' +
      'production: the weaker environment decides how safe production is. Only declared environments count; a name is never guessed from. A path ' +
      'through something that is switched off is no finding.',
    remediation: 'Give the lower environment an identity of its own, and bind the production trust to the production environment.',
    frameworks: { 'OWASP-NHI': ['NHI8:2025'] },
    identity_fields: ['identity', 'source'],
    reads: [],
  },
  function* (context) {
    const opinions = new Opinions();
    for (const path of context.paths) judgePath(context, path, opinions);
    for (const { subject, identity, verdict, missing, paths, path_count } of opinions.collected()) {
      const source = context.entity(identity['source'] ?? '');
      if (verdict !== 'finding') yield { verdict, subject, identity, missing };
      else yield { verdict, subject, identity, facts: { source: source?.display_name ?? '', path_count }, proof: { paths } };
    }
  },
  ({ identity = '', source = '' }, context) => {
    const [reached, from] = [context.entity(identity), context.entity(source)];
    if (reached === undefined || from === undefined || environmentOf(reached) !== 'production') return false;
    return environmentOf(from) === 'non-production' && cutWaysOf(context).mayLead(source, identity);
  },
);

function judgePath(context: RuleContext, path: StitchedPath, opinions: Opinions): void {
  const nodes = path.nodes.flatMap((id) => context.entity(id) ?? []);
  for (const [place, subject] of nodes.entries()) {
    if ((subject.type !== 'identity' && subject.type !== 'role') || environmentOf(subject) !== 'production') continue;
    const before = nodes.slice(0, place);
    const source = before.find((node) => environmentOf(node) === 'non-production');
    if (source !== undefined) {
      const { decision, missing } = passable(context, nodes.slice(before.indexOf(source), place + 1));
      const verdict = decision === 'yes' ? 'finding' : decision === 'no' ? 'clear' : 'not_evaluated';
      opinions.add({ verdict, subject, identity: { identity: subject.id, source: source.id }, missing }, path.id);
      continue;
    }
    const head = before[0];
    if (head === undefined) continue;
    const missing = doubt(context, path, before);
    const identity = { identity: subject.id, source: head.id };
    opinions.add({ verdict: missing === undefined ? 'clear' : 'not_evaluated', subject, identity, missing }, path.id);
  }
}

function doubt(context: RuleContext, path: StitchedPath, before: readonly Entity[]): string | undefined {
  if (!before.some((node) => environmentOf(node) === 'production')) return 'the environment of what leads to it';
  if (path.truncated) return 'paths that were cut';
  for (const node of before) {
    const missing = unread(context, [ownInput(node)], node.source_tenant);
    if (missing !== undefined) return missing;
  }
  return undefined;
}
