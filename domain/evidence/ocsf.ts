/** A finding as an OCSF 1.3 Detection Finding (class 2004, https://schema.ocsf.io/1.3.0/classes/detection_finding), for a customer's SIEM. */
import type { FindingContent, FindingRecord } from '../findings/types.ts';
import { isSuppressed } from '../findings/lifecycle.ts';
import type { RuleMetadata, Severity } from '../rules/types.ts';

const CLASS_UID = 2004;
const SEVERITY_ID: Readonly<Record<Severity, number>> = { info: 1, low: 2, medium: 3, high: 4, critical: 5 };
const ACTIVITY = { create: 1, update: 2, close: 3 } as const;
const STATUS = { new: 1, suppressed: 3, resolved: 4 } as const;

export interface OcsfOptions {
  readonly tenant_id: string;
  readonly product_version: string;
  /** The instant that suppressions are measured at. */
  readonly now: Date;
}

export type OcsfFinding = FindingContent &
  Pick<FindingRecord, 'status' | 'opened_at' | 'resolved_at' | 'reopened_at' | 'last_seen_at' | 'suppression'>;

/** A plain JSON object; the same finding gives the same one. Times are milliseconds since 1970, as OCSF has them. */
export function toOcsf(
  finding: OcsfFinding,
  rule: Pick<RuleMetadata, 'rationale' | 'remediation' | 'frameworks'> | undefined,
  { tenant_id, product_version, now }: OcsfOptions,
): Readonly<Record<string, unknown>> {
  const closed = finding.status === 'resolved';
  // Seen once, it is new; seen again, the receiver has it already.
  const first = finding.reopened_at === null && finding.last_seen_at.getTime() === finding.opened_at.getTime();
  const activity = closed ? ACTIVITY.close : first ? ACTIVITY.create : ACTIVITY.update;
  const time = (finding.resolved_at ?? finding.last_seen_at).getTime();
  return {
    activity_id: activity,
    category_uid: 2,
    class_uid: CLASS_UID,
    type_uid: CLASS_UID * 100 + activity,
    time,
    severity_id: SEVERITY_ID[finding.severity],
    status_id: closed ? STATUS.resolved : isSuppressed(finding, now) ? STATUS.suppressed : STATUS.new,
    metadata: {
      version: '1.3.0',
      tenant_uid: tenant_id,
      product: { name: 'sv0-pipeline', vendor_name: 'SecurityV0', version: product_version },
    },
    finding_info: {
      uid: finding.id,
      title: finding.title,
      ...(rule === undefined ? {} : { desc: rule.rationale }),
      created_time: finding.opened_at.getTime(),
      modified_time: time,
      analytic: { type_id: 1, type: 'Rule', uid: finding.rule_id, name: finding.title, version: String(finding.rule_version) },
    },
    resources: [{ uid: finding.subject, name: finding.subject_name, namespace: finding.source_system }],
    ...(rule === undefined ? {} : { remediation: { desc: rule.remediation } }),
    unmapped: { facts: finding.facts, frameworks: rule?.frameworks ?? {} },
  };
}
