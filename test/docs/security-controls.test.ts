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

/** A row that is taken out, or comes new, is decided here too. */
const THREATS: readonly string[] = [
  'Env prefixes that overlap',
  'Who says which tenant',
  "A reference as a path, or another tenant's",
  'An undefined tenant',
  'Names in Key Vault that meet',
  'An expired secret',
  'A bundle as code',
  'NUL or `=` in a bundle',
  'The child reads its neighbours',
  'The worker’s debugger',
  'The child’s network',
  'Default credential chains',
  'Secrets inside what is read',
  'The artifact store',
  'Evidence that is forged',
  'Who may start workflows',
  'The local issuer',
  'Command lines',
  'Logs',
  'Log tails',
  'The platform’s own log',
  'Temporal histories',
  'The sweep',
  'The platform’s own keys',
  'Stored credentials that are swapped',
  'Poisoned workflow input',
  'Key files of ours outside the state folder',
  'The key of the credential store',
  'Rotation of the key-encryption key',
  'Federation',
  'An instance address that points inside',
  'Output files',
  'Giant output',
  'Hostile names of properties',
  'Operators where a scalar belongs',
  'Markup in names',
  'Cells of the platform',
  'Orphans',
  'The web',
  'Audit',
  'Offboarding',
  'Installing',
  'No way to write to a source',
];

describe('docs/security-controls.md', () => {
  it('every row has a threat, a control, a place and a test', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const row of rows) expect([row[0], row.length]).toEqual([row[0], 4]);
  });

  it('every threat that we know of has its row', () => {
    const named = rows.map(([threat = '']) => threat.replace(/^\| /, '').replace(/ \(partial\)$/, ''));
    expect(named.sort()).toEqual([...THREATS].sort());
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
