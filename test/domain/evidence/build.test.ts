import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf, sha256 } from '../../../domain/canonical.ts';
import { type PackInput, buildPack } from '../../../domain/evidence/build.ts';
import { sampleInput } from './sample.ts';

const input = sampleInput();
const pack = buildPack(input);
const shuffled = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });
const blob = (path: string): string => {
  const digest = pack.manifest.entries.find((entry) => entry.path === path)?.digest;
  return pack.blobs.find((one) => one.digest === digest)?.bytes ?? '';
};

describe('buildPack', () => {
  it('DATA-08: names every blob by the digest of its canonical JSON', () => {
    for (const { digest, bytes } of pack.blobs) {
      expect(sha256(bytes)).toBe(digest);
      expect(canonicalJson(JSON.parse(bytes))).toBe(bytes);
    }
    expect(pack.digest).toBe(digestOf(pack.manifest));
    const paths = pack.manifest.entries.map((entry) => entry.path);
    expect(paths).toEqual(paths.toSorted());
  });

  it('DATA-08: holds the finding, every row that proves it, where each came from, and how completely it was read', () => {
    const { explanation } = input.finding;
    const paths = new Set(pack.manifest.entries.map((entry) => entry.path));
    for (const kind of ['entities', 'edges', 'chains', 'paths'] as const) {
      expect(explanation[kind].length).toBeGreaterThan(0);
      for (const id of explanation[kind]) expect(paths).toContain(`${kind}/${id}.json`);
    }
    expect(paths.size).toBe(
      3 + explanation.entities.length + explanation.edges.length + explanation.chains.length + explanation.paths.length,
    );
    expect(JSON.parse(blob('finding.json'))).toEqual(input.finding);
    expect(JSON.parse(blob('coverage.json'))).toContainEqual(expect.objectContaining({ category: 'iam', status: 'complete' }));
    expect(pack.manifest).toMatchObject({
      finding_id: input.finding.id,
      rule: { id: 'unowned_path_to_sensitive_data', version: 2 },
      syncs: ['sync-0', 'sync-1', 'sync-2'],
    });
    expect(pack.manifest.builder_versions).toEqual({ chains: '1', evidence: '1', paths: '2' });
  });

  it('DATA-08: built twice it is byte-identical, in any order of its rows', () => {
    const orders = fc.record({
      entities: shuffled(input.entities),
      edges: shuffled(input.edges),
      chains: shuffled(input.chains),
      paths: shuffled(input.paths),
      provenance: shuffled(input.provenance),
      coverage: shuffled(input.coverage),
    });
    fc.assert(
      fc.property(orders, (order) => {
        expect(canonicalJson(buildPack({ ...input, ...order }))).toBe(canonicalJson(pack));
      }),
      { numRuns: 50 },
    );
  });

  it('DATA-08: a sighting, a status or a pass makes no new pack', () => {
    const kept = { status: 'open', pass: 12, last_seen_at: new Date(), suppression: null };
    const asKept = { ...input.finding, ...kept };
    const seenAgain: PackInput = {
      ...input,
      provenance: input.provenance.map((row) => ({ ...row, gen: 99, last_seen_at: new Date() })),
      finding: asKept,
    };
    expect(buildPack(seenAgain).digest).toBe(pack.digest);
  });

  it('DATA-08: a changed row makes another pack', () => {
    const changed = input.entities.map((entity) => (entity.id === input.finding.subject ? { ...entity, display_name: 'renamed' } : entity));
    expect(buildPack({ ...input, entities: changed }).digest).not.toBe(pack.digest);
  });

  it('takes only the rows that the finding names', () => {
    const bare = {
      ...input,
      finding: { ...input.finding, explanation: { ...input.finding.explanation, edges: [], chains: [], paths: [] } },
    };
    const kinds = new Set(buildPack(bare).manifest.entries.map((entry) => entry.path.split('/')[0]));
    expect([...kinds].sort()).toEqual(['coverage.json', 'entities', 'finding.json', 'provenance.json']);
  });

  it.each(['entities', 'edges', 'chains', 'paths'] as const)('DATA-08: refuses a pack with a hole in its %s', (kind) => {
    const missing = input.finding.explanation[kind][0] ?? '';
    const holed: PackInput = { ...input, [kind]: (input[kind] as readonly { id: string }[]).filter((row) => row.id !== missing) };
    expect(() => buildPack(holed)).toThrow(expect.objectContaining({ code: 'EVIDENCE_ROW_MISSING', field: kind, subject: missing }));
  });
});
