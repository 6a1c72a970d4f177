/** Where the host's own programs are. The worker's PATH is not asked: it may lead to directories that others can write. */
import { accessSync, constants } from 'node:fs';

const DIRECTORIES = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/run/current-system/sw/bin'];

export function findTool(name: string): string | null {
  for (const directory of DIRECTORIES) {
    const path = `${directory}/${name}`;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return null;
}

export const isRoot = (): boolean => process.getuid?.() === 0;
