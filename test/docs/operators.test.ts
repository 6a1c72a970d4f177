/** The on-call page knows what the code can say, and nothing else: classes, reasons, actors and codes of a failed run, compared both ways. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UNEXPECTED } from '../../activities/failures.ts';
import type { Actor, FailureClass } from '../../domain/errors.ts';
import * as failures from '../../domain/runs/failure.ts';
import { FIRST_STEPS } from '../../domain/runs/first-steps.ts';
import { awsManifest } from '../../connectors/aws/manifest.ts';
import { cellError } from '../../connectors/contract/results.ts';
import { githubManifest } from '../../connectors/github/manifest.ts';
import { REASONS } from '../../ui/view-models/who-acts.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'operators.md'), 'utf8');

/** Rows of a marked table, heading and rule left out. */
function tableOf(mark: string): readonly string[] {
  const [, part = ''] = new RegExp(`<!-- ${mark}:begin -->\n([\\s\\S]*?)<!-- ${mark}:end -->`).exec(page) ?? [];
  return part.trim().split('\n').slice(2);
}
const firstCells = (mark: string): readonly (readonly string[])[] =>
  tableOf(mark).map((row) => [...(row.split('|')[1] ?? '').matchAll(/`([A-Za-z0-9_]+)`/g)].map(([, name = '']) => name));
const told = (mark: string): string[] => firstCells(mark).flat().sort();

/** What a compiler makes exhaustive: a class or an actor that is added to the domain has to be added here. */
const CLASSES: Readonly<Record<FailureClass, true>> = { transient: true, persistent: true, timeout: true, orphan: true, cancelled: true };
const ACTORS: Readonly<Record<Actor, true>> = { customer: true, operator: true, engineer: true, nobody: true };

/** Codes of these families stand as literals where the failure is made; conditions of the other families never end in a run's cell. */
const FAMILY =
  /'((?:SOURCE|CONNECTOR|CREDENTIALS?|BUNDLE|VAULT|FEDERATION|DATABASE|BINDING|PROVIDER|GRAPH|ARTIFACT|AUDIT|BLOB|SIGNING)_[A-Z0-9_]+|CONFIG_INVALID|EVIDENCE_ROW_MISSING|SCOPE_WITHOUT_INSTANCE)'|code: '((?:AWS|ENTRA|RULE)_[A-Z_]+)'/g;
const ROOMS = ['connectors', 'broker', 'activities', 'storage', 'domain/credentials', 'domain/evidence', 'domain/graph'];
/** They answer whoever writes a credential, a binding or an instance, or they keep a process from starting: before any run. */
const NOT_OF_A_RUN = new Set([
  'ARTIFACT_KEY_INVALID',
  'BINDING_IDENTIFIER_TAKEN',
  'BINDING_PROBE_LET_IN',
  'BINDING_STATE',
  'CREDENTIAL_STATE',
  'CREDENTIAL_SUPERSEDED',
  'CREDENTIALS_REF_OVERLAP',
]);
/** Where a run looks for what it rests on: what is not there any more makes a code of its noun. */
const LOOK_UPS = [
  'activities/sync.ts',
  'activities/verified-run.ts',
  'connectors/registry/registry.ts',
  'storage/artifacts/gridfs.ts',
  'storage/mongo/verified-tenants.ts',
];

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
    for (const file of LOOK_UPS) {
      // A connection test looks an instance up; a run's scope row leads to its own.
      for (const [, noun = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(/new NotFoundError\('([a-z ]+)'/g))
        if (noun !== 'instance') codes.add(`${noun.toUpperCase()}_NOT_FOUND`);
    }
    expect(codes.size).toBeGreaterThan(100);
    expect(told('codes')).toEqual([...codes].filter((code) => !NOT_OF_A_RUN.has(code)).sort());
  });

  it('RUN-17: says the same first step of each code as the pages', () => {
    const linked = (step: string): string => step.replaceAll(/`docs\/([a-z-]+\.md)`/g, '[$1]($1)');
    const rows = FIRST_STEPS.map(({ codes, step }) => `| ${codes.map((code) => `\`${code}\``).join(', ')} | ${linked(step)} |`);
    expect(tableOf('codes')).toEqual(rows);
  });

  it('RUN-17: says a first step for each', () => {
    for (const mark of ['classes', 'reasons', 'actors', 'codes'])
      for (const names of firstCells(mark)) expect(names.length).toBeGreaterThan(0);
    expect(page).not.toMatch(/\|\s*\|\n/);
  });
});

describe('a key or a token for a first look', () => {
  const part = page.slice(page.indexOf('### A key or a token'), page.indexOf('## What a failed run'));
  const declared = ({ categories }: typeof awsManifest): string[] =>
    [...new Set(categories.flatMap(({ permissions }) => permissions))].sort();

  it('CONN-03 OPS-06: the policy to paste allows what the AWS connector calls, and nothing else', () => {
    const policy = JSON.parse(/```json\n([\s\S]*?)```/.exec(part)?.[1] ?? '');
    expect(policy.Statement).toEqual([{ Effect: 'Allow', Resource: '*', Action: declared(awsManifest) }]);
  });

  it('CONN-03 OPS-06: what to tick of a GitHub token is what the connector declares, each only to read', () => {
    const [, repository = '', organisation = ''] = /^\| (Actions.*) \| (.*) \|$/m.exec(part) ?? [];
    const ticked = [
      ...repository.split(', ').map((name) => `Repository ${name}: read`),
      ...organisation.split(', ').map((name) => `Organization ${name}: read`),
    ];
    expect(ticked.map((name) => name.toLowerCase()).sort()).toEqual(
      declared(githubManifest)
        .map((name) => name.toLowerCase())
        .sort(),
    );
  });
});
