/** Builds a finding's evidence pack (DATA-08): the same facts give the same bytes, in whatever order and company they are given. */
import { Buffer } from 'node:buffer';
import { canonicalJson, digestOf, sha256 } from '../canonical.ts';
import type { ExecutionChain } from '../chains/types.ts';
import { PersistentError } from '../errors.ts';
import type { FindingContent } from '../findings/types.ts';
import type { Coverage, Edge, Entity } from '../graph/types.ts';
import type { TenantId } from '../ids.ts';
import type { StitchedPath } from '../stitching/types.ts';
import type { EvidenceBlob, EvidenceManifest, EvidencePack, ManifestEntry, ProvenanceRow } from './types.ts';

export const PACK_SCHEMA = 'sv0.evidence-pack/1';
/** Raised when the same facts would give other bytes. */
export const EVIDENCE_BUILDER_VERSION = '1';

/** More rows than the finding names may be given; only those that it names are taken. */
export interface PackInput {
  readonly tenant_id: TenantId;
  readonly finding: FindingContent;
  readonly entities: readonly Entity[];
  readonly edges: readonly Edge[];
  readonly chains: readonly ExecutionChain[];
  readonly paths: readonly StitchedPath[];
  readonly provenance: readonly ProvenanceRow[];
  readonly coverage: readonly Coverage[];
  /** Of the code that made what is in the pack: chains, paths, this builder. */
  readonly builder_versions: Readonly<Record<string, string>>;
}

/** @throws PersistentError `EVIDENCE_ROW_MISSING` when a row that the finding names was not given: a pack with a hole proves nothing */
export function buildPack(input: PackInput): EvidencePack {
  const { finding } = input;
  const named = finding.explanation;
  const entities = pick('entities', named.entities, input.entities);
  const edges = pick('edges', named.edges, input.edges);
  const provenance = provenanceOf(input.provenance, [...named.entities, ...named.edges]);
  const files: readonly (readonly [path: string, content: unknown])[] = [
    ['finding.json', findingOnly(finding)],
    ['provenance.json', provenance],
    ['coverage.json', coverageOf(input.coverage, provenance)],
    ...entities.map((entity) => [`entities/${entity.id}.json`, entity] as const),
    ...edges.map((edge) => [`edges/${edge.id}.json`, edge] as const),
    ...pick('chains', named.chains, input.chains).map((chain) => [`chains/${chain.id}.json`, chain] as const),
    ...pick('paths', named.paths, input.paths).map((path) => [`paths/${path.id}.json`, path] as const),
  ];
  const blobs = new Map<string, EvidenceBlob>();
  const entries: ManifestEntry[] = files.map(([path, content]) => {
    const bytes = canonicalJson(content);
    const digest = sha256(bytes);
    blobs.set(digest, { digest, bytes });
    return { path, digest, bytes: Buffer.byteLength(bytes) };
  });
  const manifest: EvidenceManifest = {
    schema: PACK_SCHEMA,
    tenant_id: input.tenant_id,
    finding_id: finding.id,
    rule: { id: finding.rule_id, version: finding.rule_version },
    builder_versions: { evidence: EVIDENCE_BUILDER_VERSION, ...input.builder_versions },
    syncs: unique(provenance.map((row) => row.sync)),
    entries: entries.sort((a, b) => order(a.path, b.path)),
  };
  return { digest: digestOf(manifest), manifest, blobs: [...blobs.values()].sort((a, b) => order(a.digest, b.digest)) };
}

/** What the rule said, without what the repository keeps beside it: status, dates and passes change while the proof does not. */
function findingOnly(finding: FindingContent): FindingContent {
  const { id, rule_id, rule_version, title, severity, subject, subject_name, source_system, identity, facts, explanation } = finding;
  return { id, rule_id, rule_version, title, severity, subject, subject_name, source_system, identity, facts, explanation };
}

function pick<T extends { readonly id: string }>(kind: string, ids: readonly string[], rows: readonly T[]): readonly T[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return unique(ids).map((id) => {
    const row = byId.get(id);
    if (row === undefined) {
      throw new PersistentError('a row that proves the finding is missing', {
        code: 'EVIDENCE_ROW_MISSING',
        actor: 'engineer',
        field: kind,
        subject: id,
      });
    }
    return row;
  });
}

/**
 * Where each row came from. Only what stays while the row stays: a sighting (`last_seen_at`, the generation) moves at every sync
 * and would make a new pack of an unchanged proof.
 */
function provenanceOf(rows: readonly ProvenanceRow[], ids: readonly string[]) {
  const wanted = new Set(ids);
  return rows
    .filter((row) => wanted.has(row.id))
    .map((row) => ({
      id: row.id,
      scope_id: row.scope_id as string,
      instance_id: row.instance_id as string,
      category: row.category,
      run: row.changed_run as string,
      sync: row.changed_sync,
      change: row.change,
      first_seen_at: row.first_seen_at.toISOString(),
      changed_at: row.changed_at.toISOString(),
    }))
    .sort((a, b) => order(a.id, b.id) || order(a.scope_id, b.scope_id) || order(a.category, b.category));
}

/** How completely the categories that the rows came from were read: what "nothing refutes it" rests on. */
function coverageOf(coverage: readonly Coverage[], rows: readonly { readonly scope_id: string; readonly category: string }[]) {
  const wanted = new Set(rows.map((row) => `${row.scope_id} ${row.category}`));
  return coverage
    .filter((row) => wanted.has(`${row.scope_id} ${row.category}`))
    .map(({ scope_id, instance_id, source_system, source_tenant, category, status }) => ({
      scope_id,
      instance_id,
      source_system,
      source_tenant,
      category,
      status,
    }))
    .sort((a, b) => order(a.scope_id, b.scope_id) || order(a.category, b.category));
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const unique = (values: readonly string[]): readonly string[] => [...new Set(values)].sort(order);
