/** Where things are, seen from the built command line (`dist/cli/`) and from source (`cli/`). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's own folder. */
export const PROJECT = findProject(import.meta.dirname);
export const DIST = join(PROJECT, 'dist');
export const WORKFLOW_BUNDLE = join(DIST, 'workflows', 'bundle.js');
export const THREAD_ENTRY = join(DIST, 'cli', 'derive-thread.mjs');

function findProject(from: string): string {
  return existsSync(join(from, 'temporal-dev.yaml')) ? from : findProject(dirname(from));
}
