/** One parsed record against the contract, and against what the scope was allowed to read. */
import { graphProblem, schemaProblem } from './problems.ts';
import { graphHeader, HOSTILE_KEYS, recordSchemas } from './schema.ts';
import type { GraphLimits } from './limits.ts';
import type { GraphEdge, GraphEntity, GraphHeader } from './types.ts';

export interface ExpectedGraph {
  readonly source_system: string;
  /** Left out: any. */
  readonly source_tenant?: string;
  readonly categories: Iterable<string>;
}

export interface RecordChecker {
  header(value: unknown): GraphHeader;
  entity(value: unknown, index: number): GraphEntity;
  edge(value: unknown, index: number): GraphEdge;
}

export function createRecordChecker(limits: GraphLimits, expected: ExpectedGraph): RecordChecker {
  const schemas = recordSchemas(limits);
  const categories = new Set(expected.categories);
  const inScope = (category: string, at: string): void => {
    if (!categories.has(category)) throw graphProblem('GRAPH_UNEXPECTED_CATEGORY', `${at}.category`, 'a category that this run reads');
  };

  return {
    header(value) {
      refuseHostileKeys(value, 'header');
      const result = graphHeader.safeParse(value);
      if (!result.success) throw schemaProblem('GRAPH_HEADER_INVALID', 'header', result.error);
      if (result.data.source_system !== expected.source_system) {
        throw graphProblem('GRAPH_WRONG_SOURCE', 'header.source_system', "the connector's own source system");
      }
      if (expected.source_tenant !== undefined && result.data.source_tenant !== expected.source_tenant) {
        throw graphProblem('GRAPH_WRONG_SOURCE', 'header.source_tenant', "the instance's own source tenant");
      }
      return result.data;
    },

    entity(value, index) {
      const at = `entities[${index}]`;
      if (index >= limits.entities) throw graphProblem('GRAPH_TOO_MANY', 'entities', `at most ${limits.entities}`);
      refuseHostileKeys(value, at);
      const result = schemas.entity.safeParse(value);
      if (!result.success) throw schemaProblem('GRAPH_RECORD_INVALID', at, result.error);
      if (result.data.source_system !== expected.source_system) {
        throw graphProblem('GRAPH_WRONG_SOURCE', `${at}.source_system`, "the header's source system");
      }
      inScope(result.data.category, at);
      return result.data;
    },

    edge(value, index) {
      const at = `edges[${index}]`;
      if (index >= limits.edges) throw graphProblem('GRAPH_TOO_MANY', 'edges', `at most ${limits.edges}`);
      refuseHostileKeys(value, at);
      const result = schemas.edge.safeParse(value);
      if (!result.success) throw schemaProblem('GRAPH_RECORD_INVALID', at, result.error);
      inScope(result.data.category, at);
      return result.data as GraphEdge;
    },
  };
}

/**
 * Before the schema: zod leaves an own `__proto__` out without a word, and whoever copies keys later would set a prototype.
 * `$…` and dotted keys are refused by the patterns of the schema as well; the code is clearer from here.
 */
function refuseHostileKeys(value: unknown, at: string, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > 3) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) refuseHostileKeys(value[index], `${at}[${index}]`, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (HOSTILE_KEYS.has(key) || key.startsWith('$') || key.includes('.'))
      throw graphProblem('GRAPH_HOSTILE_KEY', at, 'keys without __proto__, constructor, prototype, "$" and "."');
    refuseHostileKeys((value as Record<string, unknown>)[key], `${at}.${key}`, depth + 1);
  }
}
