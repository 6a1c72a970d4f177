/** OPS-03: the page says how our own recovery principals live, and describes the rule as the rule is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Props } from '../../domain/graph/types.ts';
import { DORMANT_DAYS } from '../../domain/rules/lib/usage.ts';
import { RECOVERY_NAME, RECOVERY_PURPOSES } from '../../domain/rules/lib/privileged.ts';
import { standingRecoveryPrincipal as rule } from '../../domain/rules/standing_recovery_principal.ts';
import { daysAgo, GraphBuilder } from '../domain/rules/builder.ts';
import { allow, role } from '../domain/rules/cases/types.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'recovery-principals.md'), 'utf8').replaceAll(/\s+/g, ' ');

/** What the rule says of a role that is enabled, an administrator and was never used, with one thing changed. */
function verdict({ name = 'break-glass', privileged = true, props = {} }: { name?: string; privileged?: boolean; props?: Props }) {
  const g = new GraphBuilder();
  const subject = role(g, name, { created_at: daysAgo(800), last_used_at: null, ...props });
  if (privileged) allow(g, subject, ['*']);
  return rule.evaluate(g.context()).map((said) => [said.verdict, said.facts ?? said.missing ?? null]);
}

const STANDING = [['finding', { privileges: ['administration'], last_used: 'never' }]];

describe('the rule about standing recovery principals', () => {
  it('OPS-03: reports who is enabled, privileged and unused, and no one who lacks one of the three', () => {
    expect(verdict({})).toEqual(STANDING);
    expect(verdict({ props: { enabled: false } })).toEqual([['clear', null]]);
    expect(verdict({ privileged: false })).toEqual([['clear', null]]);
    expect(verdict({ props: { last_used_at: daysAgo(DORMANT_DAYS - 1) } })).toEqual([['clear', null]]);
    expect(verdict({ props: { last_used_at: daysAgo(DORMANT_DAYS + 1) } })).toMatchObject([
      ['finding', { privileges: ['administration'] }],
    ]);
  });

  it('OPS-03: knows one by its own declaration or by a custom name, and takes nobody else', () => {
    for (const purpose of RECOVERY_PURPOSES) expect(verdict({ name: 'r42', props: { purpose } })).toEqual(STANDING);
    expect(verdict({ name: 'r42', props: { recovery_principal: true } })).toEqual(STANDING);
    expect(verdict({ name: 'r42', props: { tags: ['purpose:break-glass'] } })).toEqual(STANDING);
    expect(verdict({ name: 'ops-admin' })).toEqual([]);
  });

  it('OPS-03: says not_evaluated where the source does not tell', () => {
    expect(verdict({ props: { last_used_at: 'soon' } })).toEqual([['not_evaluated', 'when it was last used']]);
    expect(verdict({ props: { enabled: null } })).toEqual([['not_evaluated', 'whether it is enabled']]);
  });
});

describe('docs/recovery-principals.md', () => {
  it('OPS-03: says of ours how each is made, kept, used and retired', () => {
    const rows = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'recovery-principals.md'), 'utf8').match(/^\|.*\|$/gm) ?? [];
    const cells = rows.map((row) =>
      row
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
    expect(cells[0]).toEqual(['', 'how it is made', 'where it is kept', 'how it is used', 'when it goes']);
    expect(cells.length).toBeGreaterThan(4);
    for (const row of cells.slice(2)) expect(row.every((cell) => cell !== '')).toBe(true);
  });

  it('OPS-03: describes the rule by its id, its days and its declarations', () => {
    expect(page).toContain(`the rule \`${rule.id}\``);
    expect(page).toContain(`in the last ${DORMANT_DAYS} days`);
    for (const word of [...RECOVERY_PURPOSES, 'recovery_principal', 'purpose', 'not_evaluated']) expect(page).toContain(`\`${word}\``);
    for (const word of ['enabled', 'privileged', 'not used']) expect(page).toContain(`**${word}**`);
    const names = [...(/have by custom \(([^)]*)\)/.exec(page)?.[1]?.matchAll(/"([^"]+)"/g) ?? [])].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(name).toMatch(RECOVERY_NAME);
  });
});
