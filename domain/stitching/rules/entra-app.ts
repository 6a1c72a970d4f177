import { JOIN_KEYS } from '../keys.ts';
import { exactLookup, onlyOne } from './exact.ts';
import type { JoinRule, KeyedEntity } from './types.ts';
import type { GraphIndex } from '../../graph/graph-index.ts';

/** Only an outbound OAuth profile carries the left key: the id of an inbound one was minted by ServiceNow and names nothing in Entra. */
export const entraApp: JoinRule = {
  id: 'entra_app',
  number: 1,
  meaning: 'an outbound OAuth client id is the app id of an Entra application, and the token URL names its tenant',
  left: JOIN_KEYS.usesEntraApp,
  right: JOIN_KEYS.entraApp,
  prepare(heads, graph) {
    const find = exactLookup(heads);
    return { answer: (left) => onlyOne(withoutInstances(find(left.side.value), graph)), unreadable: [] };
  },
};

/** An application and its service principal may both carry the app id: one thing, entered at the application, which leads to the other. */
function withoutInstances(found: readonly KeyedEntity[], graph: GraphIndex): readonly KeyedEntity[] {
  if (found.length < 2) return found;
  const ids = new Set(found.map((head) => head.entity.id));
  return found.filter((head) => !graph.out(head.entity.id, 'INSTANCE_OF').some((edge) => edge.to !== edge.from && ids.has(edge.to)));
}
