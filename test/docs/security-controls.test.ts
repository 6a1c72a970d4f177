/** The page of controls names files and tests: all of them are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'security-controls.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| threat'))
  .map((line) => line.split(' | '));

describe('docs/security-controls.md', () => {
  it('every row has a threat, a control, a place and a test', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const row of rows) expect([row[0], row.length]).toEqual([row[0], 4]);
  });

  it('every file that it names is there', () => {
    const named = [...page.matchAll(/`([a-z]+\/[\w./-]+)`/g)].map(([, path]) => path ?? '');
    expect(named.length).toBeGreaterThan(rows.length);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('every test that it names is in its file, by its title', () => {
    const named = [...page.matchAll(/`(test\/[\w./-]+)`: \u201c([^\u201d]+)\u201d/g)].map(([, path, title]) => ({
      path: path ?? '',
      title: title ?? '',
    }));
    expect(named.length).toBeGreaterThanOrEqual(rows.length);
    const absent = named.filter(({ path, title }) => !readFileSync(join(ROOT, path), 'utf8').includes(title));
    expect(absent).toEqual([]);
    // Each row ends in one.
    for (const row of rows) expect(row[3]).toContain('`test/');
  });
});
