import { JOIN_KEYS } from '../keys.ts';
import { every, exactLookup } from './exact.ts';
import type { JoinRule } from './types.ts';

/** The key of an App signs for every installation of it, so all of them are joined. */
export const githubApp: JoinRule = {
  id: 'github_app',
  number: 6,
  meaning: 'a credential signs as the GitHub App of an installation',
  left: JOIN_KEYS.usesGithubApp,
  right: JOIN_KEYS.githubApp,
  prepare(heads) {
    const find = exactLookup(heads);
    return { answer: (left) => every(find(left.side.value)), unreadable: [] };
  },
};
