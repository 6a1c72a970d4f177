/** The one list of paths whose change makes CI rebuild every tenant's chains and stitched paths (GATE-02). */

/** From the project's folder; a folder ends with a slash. A test proves that each exists. */
export const GATE_PATHS = [
  'activities/derivation/chains.ts',
  'activities/derivation/paths.ts',
  'docs/schemas/graph-line.json',
  'docs/schemas/graph.json',
  'domain/canonical.ts',
  'domain/chains/',
  'domain/graph/',
  'domain/stitching/',
  'storage/mongo/graph.ts',
] as const;

/** The changed files that call for a gate, in order. */
export function touchedGatePaths(changed: readonly string[]): readonly string[] {
  return changed.filter((file) => GATE_PATHS.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path))).sort();
}
