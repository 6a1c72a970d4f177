import type { GraphIndex } from '../../graph/graph-index.ts';
import { JOIN_KEYS } from '../keys.ts';
import { exactLookup, onlyOne } from './exact.ts';
import { type JoinAnswer, type JoinRule, type KeyedEntity, NOTHING } from './types.ts';

/** `host|owner/repository|workflow-file|app-id`: the workflow, and the App in whose name it is started. */
export const githubDispatch: JoinRule = {
  id: 'github_dispatch',
  number: 7,
  meaning: 'a REST function starts a GitHub workflow as a GitHub App whose installation may dispatch it',
  left: JOIN_KEYS.dispatchesGithubWorkflow,
  right: JOIN_KEYS.githubDispatch,
  prepare(heads, graph) {
    const find = exactLookup(heads);
    return { answer: (left) => answer(left, find, graph), unreadable: [] };
  },
};

function answer(left: KeyedEntity, find: (value: string) => readonly KeyedEntity[], graph: GraphIndex): JoinAnswer {
  const parts = left.side.value.split('|');
  const [host, repository, file, app] = parts;
  if (parts.length !== 4 || !host || !repository || !file || !app) return NOTHING;
  const workflows = find(`${host}|${repository}|${file}`);
  if (workflows.length === 0) return NOTHING;
  const dispatchable = workflows.filter((workflow) => mayDispatch(`${host}|${app}`, workflow, graph));
  if (dispatchable.length > 0) return onlyOne(dispatchable);
  // The workflow is there and an address calls it: that no installation of this App was seen to have the right is worth a look.
  return { ...NOTHING, unresolved: { reason: 'no_match', candidates: workflows.map((workflow) => workflow.entity.id) } };
}

function mayDispatch(app: string, workflow: KeyedEntity, graph: GraphIndex): boolean {
  return graph
    .in(workflow.entity.id, 'CAN_DISPATCH')
    .some((edge) => graph.entity(edge.from)?.join_keys.some((key) => key.k === JOIN_KEYS.githubApp && key.v === app));
}
