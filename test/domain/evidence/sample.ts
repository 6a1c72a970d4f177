/** A finding with rows of two sources, as a pack is built from. */
import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import type { PackInput } from '../../../domain/evidence/build.ts';
import { signEd25519 } from '../../../domain/evidence/dsse.ts';
import { MANIFEST_PAYLOAD_TYPE, manifestBytes } from '../../../domain/evidence/sign.ts';
import type { DsseEnvelope, EvidencePack, ProvenanceRow } from '../../../domain/evidence/types.ts';
import { instanceId, runId, scopeId } from '../../../domain/ids.ts';
import { evaluateRules } from '../../../domain/rules/evaluate.ts';
import { RULES } from '../../../domain/rules/registry.ts';
import { GraphBuilder, TENANT } from '../rules/builder.ts';
import { PATH_CASES } from '../rules/cases/paths.ts';

export function sampleInput(): PackInput {
  const g = new GraphBuilder();
  PATH_CASES.find((one) => one.name === 'the owner left the company')?.build(g);
  const evaluation = evaluateRules(RULES, g.context());
  const finding = evaluation.findings.find((one) => one.rule_id === 'unowned_path_to_sensitive_data');
  if (finding === undefined) throw new Error('the story has a finding');
  return {
    tenant_id: TENANT,
    finding,
    entities: g.entities,
    edges: g.edges,
    chains: g.chains,
    paths: g.paths,
    provenance: [...g.entities, ...g.edges].map((row, n) => provenance(row.id, row.category, n)),
    coverage: g.coverageRows(),
    builder_versions: { chains: '1', paths: '2' },
  };
}

export const provenance = (id: string, category: string, n: number): ProvenanceRow => ({
  id,
  tenant_id: TENANT,
  scope_id: scopeId('scope-aws'),
  category,
  instance_id: instanceId('instance-aws'),
  changed_run: runId(`run-${n % 3}`),
  changed_sync: `sync-${n % 3}`,
  change: 'created',
  gen: 7,
  first_seen_at: new Date('2026-10-01T00:00:00Z'),
  last_seen_at: new Date('2026-11-01T00:00:00Z'),
  changed_at: new Date('2026-10-02T00:00:00Z'),
});

export interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicPem: string;
  readonly privatePem: string;
}

export function keys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey,
    publicKey,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export const sealed = (pack: EvidencePack, key: KeyObject, keyId = 'k1'): DsseEnvelope =>
  signEd25519(key, keyId, MANIFEST_PAYLOAD_TYPE, manifestBytes(pack));
