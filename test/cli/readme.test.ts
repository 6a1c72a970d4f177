import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from '../../cli/folders.ts';
import { withSettingsTable } from '../../cli/settings-table.ts';

it('the README lists every setting as the configuration knows it (npx tsx scripts/settings-table.ts rewrites it)', () => {
  const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
  expect(readme).toBe(withSettingsTable(readme));
});
