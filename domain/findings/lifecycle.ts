/** What one pass does to the tenant's findings (DATA-05). Pure: planning again after applying gives nothing, in any order of input. */
import { digestOf } from '../canonical.ts';
import type { Evaluation, FindingContent, FindingRecord } from './types.ts';

export interface PassStamp {
  /** Increasing per tenant. */
  readonly pass: number;
  /** When the pass began; the same for every repetition of it. */
  readonly now: Date;
}

/** All lists are in id order. A record in one of the first four is the whole next state; it is in one of them only. */
export interface FindingPlan {
  readonly created: readonly FindingRecord[];
  readonly updated: readonly FindingRecord[];
  readonly resolved: readonly FindingRecord[];
  readonly reopened: readonly FindingRecord[];
  /** Seen again as they were: only `pass` and `last_seen_at` move. Empty when this pass has been applied already. */
  readonly touched: readonly string[];
  /** Open, and left as they are because nothing can be said of them now. */
  readonly withheld: readonly string[];
  /** Findings whose last change is this pass's, this plan included: the same for a repeated stage (RUN-05). A reopened one counts as updated. */
  readonly items_scanned: number;
}

export function planFindings(previous: readonly FindingRecord[], evaluation: Evaluation, { pass, now }: PassStamp): FindingPlan {
  const created: FindingRecord[] = [];
  const updated: FindingRecord[] = [];
  const resolved: FindingRecord[] = [];
  const reopened: FindingRecord[] = [];
  const touched: string[] = [];
  const withheld: string[] = [];
  const known = new Map(previous.map((record) => [record.id, record]));
  const found = new Set<string>();

  for (const finding of evaluation.findings) {
    found.add(finding.id);
    const record = known.get(finding.id);
    const content_hash = digestOf(finding);
    if (record === undefined) {
      created.push(firstSeen(finding, content_hash, pass, now));
      continue;
    }
    if (record.pass > pass) continue;
    const seen = { ...record, ...finding, content_hash, pass, last_seen_at: now };
    if (record.status === 'resolved') {
      reopened.push({ ...seen, status: 'open', change: 'reopened', changed_pass: pass, resolved_at: null, reopened_at: now });
    } else if (record.content_hash !== content_hash) {
      updated.push({ ...seen, change: 'updated', changed_pass: pass });
    } else if (record.pass < pass) touched.push(record.id);
  }

  const silent = silence(evaluation);
  for (const record of known.values()) {
    if (found.has(record.id) || record.status === 'resolved' || record.pass > pass) continue;
    if (silent(record)) withheld.push(record.id);
    else resolved.push({ ...record, status: 'resolved', change: 'resolved', pass, changed_pass: pass, resolved_at: now });
  }

  const changing = new Set([created, updated, resolved, reopened].flat().map((record) => record.id));
  const before = previous.filter((record) => record.changed_pass === pass && !changing.has(record.id)).length;
  return {
    created: sortById(created),
    updated: sortById(updated),
    resolved: sortById(resolved),
    reopened: sortById(reopened),
    touched: touched.sort(),
    withheld: withheld.sort(),
    items_scanned: changing.size + before,
  };
}

const firstSeen = (finding: FindingContent, content_hash: string, pass: number, now: Date): FindingRecord => ({
  ...finding,
  status: 'open',
  change: 'created',
  content_hash,
  pass,
  changed_pass: pass,
  opened_at: now,
  resolved_at: null,
  reopened_at: null,
  last_seen_at: now,
  suppression: null,
});

/** True of findings that the pass says nothing of: their rule threw, or their input was not read. */
function silence(evaluation: Evaluation): (finding: Pick<FindingContent, 'id' | 'rule_id'>) => boolean {
  const rules = new Set(evaluation.not_evaluated.rules);
  const findings = new Set(evaluation.not_evaluated.findings);
  return (finding) => rules.has(finding.rule_id) || findings.has(finding.id);
}

/** A suppression is kept through every change of its finding until its end, and says nothing after it. */
export function isSuppressed(finding: Pick<FindingRecord, 'suppression'>, now: Date): boolean {
  return finding.suppression !== null && now.getTime() < Date.parse(finding.suppression.until);
}

const sortById = (records: readonly FindingRecord[]): readonly FindingRecord[] =>
  [...records].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
