import type { TemporalUi } from './deps.ts';

/** A run's id is its workflow's first execution run id, so the address needs nothing else. */
export function temporalLink(ui: TemporalUi | null, workflowId: string, runId: string): string | null {
  if (ui === null) return null;
  return `${ui.url}/namespaces/${part(ui.namespace)}/workflows/${part(workflowId)}/${part(runId)}`;
}

/** Half a surrogate pair has no encoding and would throw. */
const part = (text: string): string => encodeURIComponent(text.toWellFormed());
