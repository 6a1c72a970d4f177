/** What each level keeps a connector from. `sv0 doctor` and docs/connectors.md show it; the hostile child test holds it to be exact. */
import type { IsolationLevel } from '../../../domain/runs/types.ts';

export const WALLS = {
  environment: "the environment and memory of the worker and of other runs (`/proc`, a debugger's port)",
  processes: 'which other processes there are, with their command lines',
  signals: 'signals to the worker and to other runs',
  neighbours: "other runs' directories",
  home: "the home directory of the worker's user",
  state: 'the directories that the worker names as its own (state, keys)',
  files: "other files that the worker's user may read",
  public_files: 'files that every user of the host may read',
  network: "the host's network: loopback services, the metadata address",
} as const;

export type Wall = keyof typeof WALLS;

/** A worker that is root gives its child a user of its own wherever it can, which closes more than the same level does otherwise. */
export function missingWalls(level: IsolationLevel, root: boolean): readonly Wall[] {
  switch (level) {
    case 'bubblewrap':
      return ['network'];
    case 'namespaces':
      return root ? ['public_files', 'network'] : ['files', 'public_files', 'network'];
    case 'uid':
      return ['processes', 'public_files', 'network'];
    case 'none':
      return ['environment', 'processes', 'signals', 'neighbours', 'home', 'state', 'files', 'public_files', 'network'];
  }
}
