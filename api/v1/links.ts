/** Addresses of what was started. */
import type { AppDeps } from '../deps.ts';
import type { Started } from '../ports.ts';
import { temporalLink } from '../temporal-link.ts';

export function startedResource(started: Started, deps: AppDeps) {
  return {
    run_id: started.run_id as string,
    workflow_id: started.workflow_id,
    links: {
      run: `/api/v1/scan-runs/${encodeURIComponent(started.run_id)}`,
      page: `/operations/runs/${encodeURIComponent(started.run_id)}`,
      workflow: temporalLink(deps.temporalUi, started.workflow_id, started.run_id),
    },
  };
}
