/** Findings and their lifecycle (DATA-05): open → resolved → reopened, with suppression beside it. */
import type { EntityId } from '../graph/types.ts';
import type { Explanation, Severity } from '../rules/types.ts';

export interface Suppression {
  readonly reason: string;
  readonly author: string;
  /** ISO 8601; after it the finding counts again. */
  readonly until: string;
}

/** What a pass says of a finding; the repository keeps dates, status and suppression beside it. */
export interface FindingContent {
  /** `digestOf([rule id, identity fields in order])`. */
  readonly id: string;
  readonly rule_id: string;
  readonly rule_version: number;
  readonly title: string;
  readonly severity: Severity;
  readonly subject: EntityId;
  readonly subject_name: string;
  readonly source_system: string;
  readonly identity: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly explanation: Explanation;
}

export type FindingStatus = 'open' | 'resolved';

/** What one rule gave in one pass. */
export interface RuleOutcome {
  readonly rule_id: string;
  readonly finding: number;
  readonly clear: number;
  readonly not_evaluated: number;
  /** What it could not read, sorted: categories (`aws:iam_policies`) and what verdicts named. A rule with no subject at all still says here that nothing was read. */
  readonly missing: readonly string[];
  readonly failed: boolean;
}

/** What one pass over all rules gives. */
export interface Evaluation {
  readonly findings: readonly FindingContent[];
  /** Finding ids that may not be resolved by this pass: their input was not read, or their rule threw. Everything else that is absent from `findings` is resolved. */
  readonly not_evaluated: { readonly rules: readonly string[]; readonly findings: readonly string[] };
  /** One per rule that threw (FLOW-09): the rule's id, never the thrown message's data. */
  readonly rule_errors: readonly { readonly rule_id: string }[];
  readonly counts: { readonly finding: number; readonly clear: number; readonly not_evaluated: number };
  /** One per rule, in id order. */
  readonly rules: readonly RuleOutcome[];
}

/** A finding as it is kept. Dates are of passes, so that a repeated pass writes the same. */
export interface FindingRecord extends FindingContent {
  readonly status: FindingStatus;
  /** What the pass `changed_pass` did to it. */
  readonly change: 'created' | 'updated' | 'resolved' | 'reopened';
  /** Of the `FindingContent` alone. */
  readonly content_hash: string;
  /** The pass that last saw it or resolved it: its fence. */
  readonly pass: number;
  readonly changed_pass: number;
  readonly opened_at: Date;
  readonly resolved_at: Date | null;
  readonly reopened_at: Date | null;
  readonly last_seen_at: Date;
  readonly suppression: Suppression | null;
}
