/**
 * On which side of a join a key stands. Authority enters the right side from the left, so an entity with a left key may be the open
 * tail of a segment, and one with a right key the open head of another. The join rules say which left key meets which right key.
 */
import type { Entity, JoinKey } from '../graph/types.ts';
import { compare } from '../graph/index-arrays.ts';
import { JOIN_KEYS } from './keys.ts';

/** Where authority can leave a source. */
export const LEFT_KEYS: ReadonlySet<string> = new Set([
  JOIN_KEYS.oidcSubject,
  JOIN_KEYS.usesRoleArn,
  JOIN_KEYS.usesEntraApp,
  JOIN_KEYS.entraPrincipal,
  JOIN_KEYS.usesGithubApp,
  JOIN_KEYS.dispatchesGithubWorkflow,
]);

/** Where authority can enter a source. */
export const RIGHT_KEYS: ReadonlySet<string> = new Set([
  JOIN_KEYS.oidcTrust,
  JOIN_KEYS.entraFederatedCredential,
  JOIN_KEYS.roleArn,
  JOIN_KEYS.entraApp,
  JOIN_KEYS.githubApp,
  JOIN_KEYS.githubDispatch,
]);

/** The keys of one side, sorted, each once. */
export function keysOf(keys: readonly JoinKey[], side: ReadonlySet<string>): readonly JoinKey[] {
  const found = keys.filter((key) => side.has(key.k));
  if (found.length < 2) return found;
  found.sort((a, b) => compare(a.k, b.k) || compare(a.v, b.v));
  return found.filter((key, n) => n === 0 || key.k !== found[n - 1]?.k || key.v !== found[n - 1]?.v);
}

/** What the exact rules look for: the left value as the right key that it has to equal. The others are decided pattern by pattern. */
const EXACT: Readonly<Record<string, (value: string) => string>> = {
  [JOIN_KEYS.usesRoleArn]: (value) => `${JOIN_KEYS.roleArn} ${value}`,
  [JOIN_KEYS.usesEntraApp]: (value) => `${JOIN_KEYS.entraApp} ${value}`,
  [JOIN_KEYS.usesGithubApp]: (value) => `${JOIN_KEYS.githubApp} ${value}`,
  [JOIN_KEYS.dispatchesGithubWorkflow]: (value) => `${JOIN_KEYS.githubDispatch} ${value.slice(0, Math.max(0, value.lastIndexOf('|')))}`,
};
const EXACT_RIGHT: ReadonlySet<string> = new Set([JOIN_KEYS.roleArn, JOIN_KEYS.entraApp, JOIN_KEYS.githubApp, JOIN_KEYS.githubDispatch]);

/** Whether something here could join to a right key: to one that is compared exactly, only if a left key asks for its value. */
export function wantedKeys(entities: readonly Entity[]): (key: JoinKey) => boolean {
  const wanted = new Set<string>();
  for (const entity of entities) {
    for (const { k, v } of entity.join_keys) {
      const asked = Object.hasOwn(EXACT, k) ? EXACT[k]?.(v) : undefined;
      if (asked !== undefined) wanted.add(asked);
    }
  }
  return ({ k, v }) => RIGHT_KEYS.has(k) && (!EXACT_RIGHT.has(k) || wanted.has(`${k} ${v}`));
}
