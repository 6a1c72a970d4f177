import { describe, expect, it, vi } from 'vitest';
import { createGraphOfPass } from '../../cli/compose/graph-of-pass.ts';
import type { TenantGraph } from '../../domain/graph/types.ts';
import { tenantId, type TenantId } from '../../domain/ids.ts';
import type { GraphRepository } from '../../storage/ports/index.ts';

const [acme, other] = [tenantId('acme'), tenantId('other')];

/** Says what it was shown: the tenant whose graph was known, or nobody. */
function repository() {
  const shown: (TenantId | null)[] = [];
  const loadTenantGraph: GraphRepository['loadTenantGraph'] = async (tenant, { known } = {}) => {
    shown.push(known?.tenant_id ?? null);
    return known ?? ({ tenant_id: tenant, revision: '', entities: [], edges: [], coverage: [] } satisfies TenantGraph);
  };
  return { shown, graph: { loadTenantGraph } as GraphRepository };
}

describe('the graph of a pass', () => {
  it('FLOW-03: is known to the later stages of the same pass', async () => {
    const { shown, graph } = repository();
    const ofPass = createGraphOfPass();
    const first = await ofPass.of(graph, acme, 7).loadTenantGraph(acme);
    expect(await ofPass.of(graph, acme, 7).loadTenantGraph(acme)).toBe(first);
    expect(shown).toEqual([null, acme]);
  });

  it.each<[string, (ofPass: ReturnType<typeof createGraphOfPass>, graph: GraphRepository) => Promise<unknown>]>([
    ['to another pass', (ofPass, graph) => ofPass.of(graph, acme, 8).loadTenantGraph(acme)],
    ['to another tenant', (ofPass, graph) => ofPass.of(graph, other, 7).loadTenantGraph(other)],
    ['when a stage asks for another tenant', (ofPass, graph) => ofPass.of(graph, acme, 7).loadTenantGraph(other)],
    ['after the last stage', (ofPass, graph) => (ofPass.forget(), ofPass.of(graph, acme, 7).loadTenantGraph(acme))],
    [
      'when another tenant’s pass came between',
      async (ofPass, graph) => {
        ofPass.of(graph, other, 1);
        return await ofPass.of(graph, acme, 7).loadTenantGraph(acme);
      },
    ],
  ])('API-05: is not known %s', async (_, work) => {
    const { shown, graph } = repository();
    const ofPass = createGraphOfPass();
    await ofPass.of(graph, acme, 7).loadTenantGraph(acme);
    await work(ofPass, graph);
    expect(shown).toEqual([null, null]);
  });

  it('API-05: is forgotten when its pass does not go on', async () => {
    vi.useFakeTimers();
    try {
      const { shown, graph } = repository();
      const ofPass = createGraphOfPass(1_000);
      await ofPass.of(graph, acme, 7).loadTenantGraph(acme);
      vi.advanceTimersByTime(1_000);
      await ofPass.of(graph, acme, 7).loadTenantGraph(acme);
      expect(shown).toEqual([null, null]);
    } finally {
      vi.useRealTimers();
    }
  });
});
