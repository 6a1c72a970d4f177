import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell } from '../../../domain/findings/csv.ts';
import { EXPORT_FORMATS, type ExportFormat, exportFindings } from '../../../domain/findings/export.ts';
import { RULES } from '../../../domain/rules/registry.ts';
import { SEVERITIES } from '../../../domain/rules/types.ts';
import type { FindingPosition, FindingView, Page } from '../../../domain/views/types.ts';
import { isFormula, readCsv } from '../../support/csv.ts';
import { HOSTILE_NAMES } from '../../support/hostile-names.ts';
import { finding, id, NOW } from '../../ui/records.ts';
import { ocsfProblems } from '../evidence/ocsf-schema.ts';

/** In pages of `size`, as a view gives them. */
function pagesOf(rows: readonly FindingView[], size: number) {
  return async (after: FindingPosition | undefined): Promise<Page<FindingView, FindingPosition>> => {
    const from = after === undefined ? 0 : rows.findIndex((row) => row.id === after.id) + 1;
    const items = rows.slice(from, from + size);
    const last = items.at(-1);
    const more = last !== undefined && from + size < rows.length;
    return { items, next: more ? { severity: last.severity, at: last.opened_at.toISOString(), id: last.id } : null };
  };
}

async function exported(format: ExportFormat, rows: readonly FindingView[], size = 200): Promise<string> {
  const chunks: string[] = [];
  const ruleOf = (rule: string) => RULES.find((one) => one.id === rule);
  for await (const chunk of exportFindings({ format, page: pagesOf(rows, size), ruleOf, product_version: '0.1.0', now: NOW }))
    chunks.push(chunk);
  return chunks.join('');
}

const lines = (text: string): readonly Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const hostile = HOSTILE_NAMES.map((name, n) =>
  finding({ id: id(`hostile ${n}`), subject_name: name, title: name, facts: { note: name, list: [name] }, source_system: 'aws' }),
);
const lives: readonly FindingView[] = [
  ...SEVERITIES.map((severity, n) => finding({ id: id(`severity ${n}`), severity, last_seen_at: NOW, opened_at: NOW })),
  finding({ id: id('resolved'), status: 'resolved', resolved_at: NOW }),
  finding({ id: id('reopened'), reopened_at: NOW }),
  finding({ id: id('suppressed'), suppression: { reason: '=1+1', author: 'ana', until: '2099-01-01T00:00:00Z' } }),
  finding({ id: id('rule is gone'), rule_id: 'no_such_rule' }),
];

describe('exported findings', () => {
  it('DATA-08: every OCSF event is what the schema of class 2004 says, in each state of a finding', async () => {
    const events = lines(await exported('ocsf', [...lives, ...hostile]));
    expect(events).toHaveLength(lives.length + hostile.length);
    expect(events.flatMap((event, n) => ocsfProblems(event).map((problem) => `${n} ${problem}`))).toEqual([]);
    for (const event of events) expect(event['type_uid']).toBe(Number(event['class_uid']) * 100 + Number(event['activity_id']));
    expect(new Set(events.map((event) => event['activity_id']))).toEqual(new Set([1, 2, 3]));
    expect(new Set(events.map((event) => event['status_id']))).toEqual(new Set([1, 3, 4]));
  });

  it('DATA-08: the schema check finds what is wrong', () => {
    expect(ocsfProblems({ activity_id: 7, extra: 1, time: 5, resources: [{}] })).toEqual(
      expect.arrayContaining([
        '$.extra: not in the schema',
        '$.metadata: required',
        '$.activity_id: not one of its values',
        '$.time: not milliseconds',
        '$.resources[0]: neither name nor uid',
      ]),
    );
  });

  it.each(EXPORT_FORMATS)('DATA-08: %s is the same bytes twice, and however it is paged', async (format) => {
    const rows = [...lives, ...hostile];
    const whole = await exported(format, rows);
    expect(await exported(format, rows)).toBe(whole);
    expect(await exported(format, rows, 3)).toBe(whole);
    expect(await exported(format, rows, rows.length)).toBe(whole);
  });

  it('DATA-08: hostile names come through JSON and OCSF unchanged, one finding a line', async () => {
    expect(lines(await exported('json', hostile)).map((row) => row['subject_name'])).toEqual(HOSTILE_NAMES);
    const events = lines(await exported('ocsf', hostile)) as unknown as {
      finding_info: { title: string };
      resources: { name: string }[];
    }[];
    expect(events.map((event) => event.resources[0]?.name)).toEqual(HOSTILE_NAMES);
    expect(events.map((event) => event.finding_info.title)).toEqual(HOSTILE_NAMES);
  });

  it('DATA-08: in a table no cell is a formula, and each name is still there', async () => {
    const text = await exported('csv', [...lives, ...hostile]);
    const [head = [], ...rows] = readCsv(text);
    expect(rows).toHaveLength(lives.length + hostile.length);
    for (const row of rows) expect(row).toHaveLength(head.length);
    const names = rows.slice(lives.length).map((row) => row[head.indexOf('subject_name')] ?? '');
    expect(names.map((name, n) => (name === HOSTILE_NAMES[n] ? name : name.slice(1)))).toEqual(HOSTILE_NAMES);
    expect(rows.flat().filter(isFormula)).toEqual([]);
    expect(rows.flat().filter((cell) => cell === "'=1+1")).not.toEqual([]);
  });

  it('DATA-08: an empty table still has its head; an empty stream of events is empty', async () => {
    expect(readCsv(await exported('csv', []))).toHaveLength(1);
    expect(await exported('ocsf', [])).toBe('');
  });

  it('DATA-08: any text is one cell that reads back, with an apostrophe at most before it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const cell = csvCell(text).slice(1, -1).replaceAll('""', '"');
        expect(csvCell(text).slice(1, -1).replaceAll('""', '')).not.toContain('"');
        expect(cell === text || cell === `'${text}`).toBe(true);
        expect(cell).not.toMatch(/^\s*[=+\-@]/);
      }),
    );
  });
});
