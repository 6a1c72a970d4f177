import { SEVERITIES } from '../../domain/rules/types.ts';
import type { FindingView } from '../../domain/views/types.ts';
import { time, z } from './common.ts';

export const findingSchema = z
  .strictObject({
    id: z.string(),
    tenant_id: z.string(),
    rule_id: z.string(),
    rule_version: z.int(),
    title: z.string(),
    severity: z.enum(SEVERITIES),
    status: z.enum(['open', 'resolved']),
    subject: z.string(),
    subject_name: z.string(),
    source_system: z.string(),
    identity: z.record(z.string(), z.string()),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()])),
    explanation: z.strictObject({
      entities: z.array(z.string()).readonly(),
      edges: z.array(z.string()).readonly(),
      chains: z.array(z.string()).readonly(),
      paths: z.array(z.string()).readonly(),
    }),
    opened_at: time,
    resolved_at: time.nullable(),
    reopened_at: time.nullable(),
    last_seen_at: time,
    suppression: z.strictObject({ reason: z.string(), author: z.string(), until: z.string() }).nullable(),
  })
  .openapi('Finding');

export const findingResource = (finding: FindingView) => ({
  id: finding.id,
  tenant_id: finding.tenant_id as string,
  rule_id: finding.rule_id,
  rule_version: finding.rule_version,
  title: finding.title,
  severity: finding.severity,
  status: finding.status,
  subject: finding.subject,
  subject_name: finding.subject_name,
  source_system: finding.source_system,
  identity: { ...finding.identity },
  facts: { ...finding.facts },
  explanation: {
    entities: finding.explanation.entities,
    edges: finding.explanation.edges,
    chains: finding.explanation.chains,
    paths: finding.explanation.paths,
  },
  opened_at: finding.opened_at.toISOString(),
  resolved_at: finding.resolved_at?.toISOString() ?? null,
  reopened_at: finding.reopened_at?.toISOString() ?? null,
  last_seen_at: finding.last_seen_at.toISOString(),
  suppression: finding.suppression,
});
