import type { Entity, EntityId } from '../graph/types.ts';
import { cutWaysOf } from './lib/cut.ts';
import { defineRule } from './lib/define.ts';
import { listed } from './lib/order.ts';
import { OWNERSHIP_INPUTS, type Ownership, isOwnable, ownershipOf } from './lib/ownership.ts';
import { passable } from './lib/passable.ts';
import { classificationOf } from './lib/sensitive.ts';
import { Opinions } from './lib/verdicts.ts';
import type { RuleContext } from './types.ts';

export const unownedPathToSensitiveData = defineRule(
  {
    id: 'unowned_path_to_sensitive_data',
    version: 2,
    title: 'Sensitive data, reached through something that nobody owns',
    severity: 'critical',
    rationale:
      'A complete path, from what starts an automation to a resource that its own tag classifies as sensitive, runs through an identity or ' +
      'workload without a living owner. No single system shows it: each sees its own part, and each part looks ordinary. A path through something ' +
      'that is switched off, or whose last step denies or a permissions boundary take away, is no finding; bucket policies are not read.',
    remediation: 'Name a living owner for the identity, or cut the path: remove the trust, the grant or the credential that it runs on.',
    frameworks: {},
    identity_fields: ['resource', 'unowned'],
    reads: OWNERSHIP_INPUTS,
  },
  function* (context) {
    const opinions = new Opinions();
    const chains = new Set<string>();
    const ownership = remembered(context);
    const ways = [
      ...context.paths
        .filter((path) => path.completeness === 'complete')
        .map((path) => ({ id: path.id, nodes: path.nodes, tail: path.tail })),
      ...context.chains
        .filter((chain) => !chain.head.open && !chain.tail.open)
        .map((chain) => ({ id: chain.id, nodes: chain.nodes, tail: chain.tail.entity })),
    ];
    for (const { id, nodes, tail } of ways) {
      const subject = context.entity(tail);
      if (subject?.type !== 'resource') continue;
      const { sensitive } = classificationOf(subject);
      if (sensitive === false) continue;
      if (context.chain(id) !== undefined) chains.add(id);
      const entities = nodes.flatMap((node) => context.entity(node) ?? []);
      const way = passable(context, entities);
      for (const node of entities.filter((one) => MAY_BE_OWNED.has(one.type) && isOwnable(context, one))) {
        const { state, missing } = ownership(node);
        const identity = { resource: subject.id, unowned: node.id };
        if (way.decision === 'no') opinions.add({ verdict: 'clear', subject, identity }, id);
        else if (sensitive === undefined)
          opinions.add({ verdict: 'not_evaluated', subject, identity, missing: 'the tags of the resource' }, id);
        else if (state === 'unknown') opinions.add({ verdict: 'not_evaluated', subject, identity, missing }, id);
        else if (state === 'living') opinions.add({ verdict: 'clear', subject, identity }, id);
        else if (way.decision === 'unknown') opinions.add({ verdict: 'not_evaluated', subject, identity, missing: way.missing }, id);
        else opinions.add({ verdict: 'finding', subject, identity }, id);
      }
    }
    for (const { subject, identity, verdict, missing, paths, path_count } of opinions.collected()) {
      const unowned = context.entity(identity['unowned'] ?? '');
      if (verdict !== 'finding' || unowned === undefined) {
        yield { verdict, subject, identity, missing };
        continue;
      }
      const { disabled, edges } = ownership(unowned);
      yield {
        verdict,
        subject,
        identity,
        facts: {
          classification: classificationOf(subject).label,
          unowned: unowned.display_name,
          disabled_owners: listed(disabled.map((owner) => owner.display_name)),
          path_count,
        },
        proof: {
          paths: paths.filter((id) => !chains.has(id)),
          chains: paths.filter((id) => chains.has(id)),
          edges: edges.map((edge) => edge.id),
        },
      };
    }
  },
  ({ resource = '', unowned = '' }, context) => {
    const [bucket, holder] = [context.entity(resource), context.entity(unowned)];
    if (bucket === undefined || holder === undefined || classificationOf(bucket).sensitive === false) return false;
    return ownershipOf(context, holder).state !== 'living' && cutWaysOf(context).mayLead(unowned, resource);
  },
);

const MAY_BE_OWNED: ReadonlySet<Entity['type']> = new Set(['identity', 'role', 'workload']);

/** A node is on many paths. */
function remembered(context: RuleContext): (entity: Entity) => Ownership {
  const known = new Map<EntityId, Ownership>();
  return (entity) => {
    let ownership = known.get(entity.id);
    if (ownership === undefined) known.set(entity.id, (ownership = ownershipOf(context, entity)));
    return ownership;
  };
}
