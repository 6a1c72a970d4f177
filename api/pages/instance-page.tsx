/** The page of one connector instance: its own route, and the answer to a refused form on it. */
import type { Context } from 'hono';
import { NotFoundError } from '../../domain/errors.ts';
import type { InstanceId } from '../../domain/ids.ts';
import type { InstanceRow } from '../../domain/views/types.ts';
import { document } from '../../ui/components/layout.tsx';
import { type InstanceModel, InstancePage } from '../../ui/pages/instance.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { frameOf, PAGE_SIZE } from './frame.ts';

type Shown = Partial<Pick<InstanceModel, 'done' | 'refusal' | 'edit' | 'credential'>>;

/** @throws NotFoundError when it is gone */
export async function instanceRow(deps: AppDeps, id: InstanceId): Promise<InstanceRow> {
  const row = await deps.views.operator.instance(id);
  if (row === null) throw new NotFoundError('instance', id);
  return row;
}

export const manifestOf = (deps: AppDeps, row: InstanceRow) => deps.connectors.find(({ kind }) => kind === row.instance.connector);

export async function renderInstance(deps: AppDeps, c: Context<AppEnv>, row: InstanceRow, shown: Shown = {}): Promise<string> {
  const { _id, tenant_id } = row.instance;
  const [stored, scopes] = await Promise.all([
    deps.administration.credentials.status(tenant_id, _id),
    deps.views.operator.scopes({ tenant_id, instance_id: _id }, { limit: PAGE_SIZE }),
  ]);
  return document(
    <InstancePage
      frame={frameOf(deps, c, row.instance.name, 'instances')}
      row={row}
      manifest={manifestOf(deps, row)}
      stored={stored}
      scopes={scopes.items}
      more_scopes={scopes.next !== null}
      done={shown.done ?? null}
      refusal={shown.refusal ?? null}
      edit={shown.edit ?? null}
      credential={shown.credential ?? null}
      now={deps.now()}
    />,
  );
}
