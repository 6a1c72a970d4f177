/**
 * The stages of a tenant's pass read its graph once, where they meet the same thread. What is held is of one tenant and one pass, is given
 * back only when the database says that nothing was written since it was read, and is forgotten with the pass.
 */
import type { TenantGraph } from '../../domain/graph/types.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { GraphRepository } from '../../storage/ports/index.ts';

/** A pass that ended without its last stage leaves nothing behind for longer. */
const HELD_MS = 30_000;

export interface GraphOfPass {
  /** The repository as the stages of this pass see it. */
  of(graph: GraphRepository, tenant: TenantId, pass: number): GraphRepository;
  forget(): void;
}

export function createGraphOfPass(heldMs: number = HELD_MS): GraphOfPass {
  let held: { readonly tenant: TenantId; readonly pass: number; readonly graph: TenantGraph } | null = null;
  let timer: NodeJS.Timeout | undefined;
  const forget = (): void => {
    clearTimeout(timer);
    held = null;
  };
  return {
    forget,
    of(graph, tenant, pass) {
      if (held?.tenant !== tenant || held.pass !== pass) forget();
      return {
        ...graph,
        loadTenantGraph: async (asked, options) => {
          if (asked !== tenant) return await graph.loadTenantGraph(asked, options);
          const known = held === null ? {} : { known: held.graph };
          const read = await graph.loadTenantGraph(tenant, { ...options, ...known });
          forget();
          held = { tenant, pass, graph: read };
          timer = setTimeout(forget, heldMs).unref();
          return read;
        },
      };
    },
  };
}
