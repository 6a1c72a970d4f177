/**
 * Findings for other tools: OCSF events or plain records as JSON Lines, or a table. Page by page, so that their number costs no memory;
 * the same findings at the same instant give the same bytes.
 */
import { canonicalJson } from '../canonical.ts';
import { toOcsf } from '../evidence/ocsf.ts';
import type { RuleMetadata } from '../rules/types.ts';
import type { FindingPosition, FindingView, Page } from '../views/types.ts';
import { csvLine } from './csv.ts';
import { isSuppressed } from './lifecycle.ts';

export const EXPORT_FORMATS = ['ocsf', 'json', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  ocsf: 'application/x-ndjson',
  json: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
};

export interface ExportOptions {
  readonly format: ExportFormat;
  /** The page after this position; the first one where there is none. */
  readonly page: (after: FindingPosition | undefined) => Promise<Page<FindingView, FindingPosition>>;
  /** Undefined where this release has no such rule any more. */
  readonly ruleOf: (id: string) => RuleMetadata | undefined;
  readonly product_version: string;
  /** What suppressions are measured at. */
  readonly now: Date;
}

/** One string per page, whole lines each; the table begins with its head, also where there is no finding. */
export async function* exportFindings({ format, page, ...facts }: ExportOptions): AsyncGenerator<string, void> {
  let before = format === 'csv' ? csvLine(COLUMNS.map(([name]) => name)) : '';
  let after: FindingPosition | undefined;
  for (;;) {
    const { items, next } = await page(after);
    yield before + items.map((finding) => lineOf(format, finding, facts)).join('');
    if (next === null) return;
    before = '';
    after = next;
  }
}

type Facts = Omit<ExportOptions, 'format' | 'page'>;

function lineOf(format: ExportFormat, finding: FindingView, { ruleOf, product_version, now }: Facts): string {
  if (format === 'csv') return csvLine(COLUMNS.map(([, cell]) => cell(finding, now)));
  const record =
    format === 'ocsf'
      ? toOcsf(finding, ruleOf(finding.rule_id), { tenant_id: finding.tenant_id, product_version, now })
      : recordOf(finding);
  return `${canonicalJson(record)}\n`;
}

/** As the API gives it, in canonical order. */
const recordOf = (finding: FindingView): object => ({
  ...finding,
  opened_at: finding.opened_at.toISOString(),
  resolved_at: finding.resolved_at?.toISOString() ?? null,
  reopened_at: finding.reopened_at?.toISOString() ?? null,
  last_seen_at: finding.last_seen_at.toISOString(),
});

const COLUMNS: readonly (readonly [name: string, cell: (finding: FindingView, now: Date) => string])[] = [
  ['id', ({ id }) => id],
  ['tenant_id', ({ tenant_id }) => tenant_id],
  ['severity', ({ severity }) => severity],
  ['status', ({ status }) => status],
  ['suppressed', (finding, now) => (isSuppressed(finding, now) ? 'yes' : 'no')],
  ['rule_id', ({ rule_id }) => rule_id],
  ['rule_version', ({ rule_version }) => String(rule_version)],
  ['title', ({ title }) => title],
  ['source_system', ({ source_system }) => source_system],
  ['subject', ({ subject }) => subject],
  ['subject_name', ({ subject_name }) => subject_name],
  ['opened_at', ({ opened_at }) => opened_at.toISOString()],
  ['last_seen_at', ({ last_seen_at }) => last_seen_at.toISOString()],
  ['reopened_at', ({ reopened_at }) => reopened_at?.toISOString() ?? ''],
  ['resolved_at', ({ resolved_at }) => resolved_at?.toISOString() ?? ''],
  ['suppression_reason', ({ suppression }) => suppression?.reason ?? ''],
  ['suppression_until', ({ suppression }) => suppression?.until ?? ''],
  ['facts', ({ facts }) => canonicalJson(facts)],
];
