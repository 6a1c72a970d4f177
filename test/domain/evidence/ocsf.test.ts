import { describe, expect, it } from 'vitest';
import { toOcsf } from '../../../domain/evidence/ocsf.ts';
import { planFindings } from '../../../domain/findings/lifecycle.ts';
import type { FindingRecord } from '../../../domain/findings/types.ts';
import { RULES } from '../../../domain/rules/registry.ts';
import { sampleInput } from './sample.ts';

const { finding } = sampleInput();
const rule = RULES.find((one) => one.id === finding.rule_id) ?? (RULES[0] as (typeof RULES)[number]);
const now = new Date('2026-11-22T08:00:00Z');
const options = { tenant_id: 't-rules', product_version: '0.1.0', now };
const evaluation = {
  findings: [finding],
  not_evaluated: { rules: [], findings: [] },
  rule_errors: [],
  counts: { finding: 1, clear: 0, not_evaluated: 0 },
  rules: [],
};
const opened = planFindings([], evaluation, { pass: 1, now }).created[0] as FindingRecord;

describe('toOcsf', () => {
  it('DATA-08: a new finding is a Detection Finding with all that the class requires', () => {
    const event = toOcsf(opened, rule, options);
    expect(event).toMatchObject({
      category_uid: 2,
      class_uid: 2004,
      activity_id: 1,
      type_uid: 200_401,
      severity_id: 5,
      status_id: 1,
      time: now.getTime(),
      metadata: { version: '1.3.0', tenant_uid: 't-rules' },
      finding_info: { uid: finding.id, title: finding.title, created_time: now.getTime() },
    });
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });
  it('says when it is suppressed, changed or closed', () => {
    const suppression = { reason: 'r', author: 'a', until: '2027-01-01T00:00:00Z' };
    expect(toOcsf({ ...opened, suppression }, rule, options)).toMatchObject({ status_id: 3 });
    expect(toOcsf({ ...opened, last_seen_at: new Date(now.getTime() + 1) }, rule, options)).toMatchObject({
      activity_id: 2,
      type_uid: 200_402,
    });
    expect(toOcsf({ ...opened, status: 'resolved', resolved_at: now }, rule, options)).toMatchObject({
      activity_id: 3,
      status_id: 4,
    });
  });
});
