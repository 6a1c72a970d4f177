/** The page of one run, as its own route and as the answer to a refused action on it. */
import type { Context } from 'hono';
import { randomUUID } from 'node:crypto';
import type { RunId } from '../../domain/ids.ts';
import { document } from '../../ui/components/layout.tsx';
import { eventsLink } from '../../ui/links.ts';
import { RunPage } from '../../ui/pages/run.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { temporalLink } from '../temporal-link.ts';
import { frameOf } from './frame.ts';

/** Null when there is no such run. `refusal` says why the action that was asked for was not done. */
export async function renderRun(deps: AppDeps, c: Context<AppEnv>, id: RunId, refusal: string | null): Promise<string | null> {
  const detail = await deps.views.operator.runDetail(id);
  if (detail === null) return null;
  const [log, attempts] = await Promise.all([deps.runLogs?.tail(detail.run.tenant_id, id) ?? null, deps.attempts?.of(detail.run) ?? null]);
  return document(
    <RunPage
      frame={{
        ...frameOf(deps, c, `Run ${id.slice(0, 8)}`, 'runs'),
        live: detail.run.status === 'running' ? eventsLink({ run: id }) : null,
      }}
      detail={detail}
      workflow={temporalLink(deps.temporalUi, detail.run.workflow_id, id)}
      log={log}
      attempts={attempts}
      refusal={refusal}
      action_key={randomUUID()}
      now={deps.now()}
    />,
  );
}
