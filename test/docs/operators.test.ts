/** The on-call page knows what the code can say, and nothing else: classes, reasons, actors and codes of a failed run, compared both ways. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UNEXPECTED } from '../../activities/failures.ts';
import type { Actor, FailureClass } from '../../domain/errors.ts';
import * as failures from '../../domain/runs/failure.ts';
import { cellError } from '../../connectors/contract/results.ts';
import { REASONS } from '../../ui/view-models/who-acts.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'operators.md'), 'utf8');

/** First cell of each row of a marked table, heading and rule left out. */
function firstCells(mark: string): readonly (readonly string[])[] {
  const [, part = ''] = new RegExp(`<!-- ${mark}:begin -->\n([\\s\\S]*?)<!-- ${mark}:end -->`).exec(page) ?? [];
  const rows = part.trim().split('\n').slice(2);
  return rows.map((row) => [...(row.split('|')[1] ?? '').matchAll(/`([A-Za-z_]+)`/g)].map(([, name = '']) => name));
}
const told = (mark: string): string[] => firstCells(mark).flat().sort();

/** What a compiler makes exhaustive: a class or an actor that is added to the domain has to be added here. */
const CLASSES: Readonly<Record<FailureClass, true>> = { transient: true, persistent: true, timeout: true, orphan: true, cancelled: true };
const ACTORS: Readonly<Record<Actor, true>> = { customer: true, operator: true, engineer: true, nobody: true };

/** Codes of these families stand as literals where the failure is made; conditions of the other families never end in a run's cell. */
const FAMILY = /'((?:SOURCE|CONNECTOR|CREDENTIALS?|BUNDLE|VAULT|FEDERATION|DATABASE)_[A-Z_]+)'|code: '((?:AWS|ENTRA|RULE)_[A-Z_]+)'/g;
const ROOMS = ['connectors', 'broker', 'activities', 'storage/mongo'];
/** They answer whoever writes a credential or an instance, before any run. */
const NOT_OF_A_RUN = new Set(['CREDENTIAL_STATE', 'CREDENTIAL_SUPERSEDED', 'CREDENTIALS_REF_OVERLAP']);

const sources = (room: string): string[] =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(ROOT, room, name));

describe('docs/operators.md', () => {
  it('RUN-17: has every failure class, reason and actor once, and no other', () => {
    expect(told('classes')).toEqual(Object.keys(CLASSES).sort());
    expect([...cellError.shape.class.options].sort()).toEqual(told('classes'));
    expect(told('reasons')).toEqual(Object.keys(REASONS).sort());
    expect(told('actors')).toEqual(Object.keys(ACTORS).sort());
    expect([...cellError.shape.actor.options].sort()).toEqual(told('actors'));
  });

  it('RUN-17: has every code that a failed run may carry once, and no other', () => {
    const codes = new Set<string>([UNEXPECTED.code]);
    for (const failure of Object.values(failures)) if (typeof failure === 'object') codes.add(failure.code);
    for (const file of ROOMS.flatMap(sources)) {
      for (const [, literal, after] of readFileSync(file, 'utf8').matchAll(FAMILY)) codes.add(literal ?? after ?? '');
    }
    expect(codes.size).toBeGreaterThan(70);
    expect(told('codes')).toEqual([...codes].filter((code) => !NOT_OF_A_RUN.has(code)).sort());
  });

  it('RUN-17: says a first step for each', () => {
    for (const mark of ['classes', 'reasons', 'actors', 'codes'])
      for (const names of firstCells(mark)) expect(names.length).toBeGreaterThan(0);
    expect(page).not.toMatch(/\|\s*\|\n/);
  });
});
