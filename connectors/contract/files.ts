/** The options and the fixed file names of one run (CONN-01): all of them in the run's private directory. */
export const SCOPE_FILE = 'scope.json';
export const RESULTS_FILE = 'results.json';
export const GRAPH_FILE = 'graph.jsonl';

export const SCOPE_OPTION = '--scope-json';
export const RESULTS_OPTION = '--category-results-out';
export const GRAPH_OPTION = '--graph-json';

/** What is appended to the connector's own arguments; `directory` is the run's directory as the connector sees it. */
export function contractArguments(directory: string): readonly string[] {
  return [
    SCOPE_OPTION,
    `${directory}/${SCOPE_FILE}`,
    RESULTS_OPTION,
    `${directory}/${RESULTS_FILE}`,
    GRAPH_OPTION,
    `${directory}/${GRAPH_FILE}`,
  ];
}
