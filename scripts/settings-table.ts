/** Writes the README's configuration table from `cli/config.ts`, so that the two cannot differ. `npx tsx scripts/settings-table.ts` */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSettingsTable } from '../cli/settings-table.ts';

const file = join(import.meta.dirname, '..', 'README.md');
writeFileSync(file, withSettingsTable(readFileSync(file, 'utf8')));
