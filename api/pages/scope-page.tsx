/** The page of one scope: its own route, and the answer to a refused or previewed form on it. */
import type { Context } from 'hono';
import { randomUUID } from 'node:crypto';
import { isDomainError, NotFoundError } from '../../domain/errors.ts';
import type { ScopeId } from '../../domain/ids.ts';
import type { ScopeRow } from '../../domain/views/types.ts';
import { document } from '../../ui/components/layout.tsx';
import { scheduleValues } from '../../ui/components/schedule.tsx';
import { type ScopeModel, ScopePage } from '../../ui/pages/scope.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { frameOf } from './frame.ts';
import { previewOf, SCHEDULE_FIELDS } from './schedule-form.ts';
import { parsed } from './typed.ts';
import { z } from 'zod';

type Shown = Partial<Pick<ScopeModel, 'done' | 'refusal' | 'forms' | 'preview'>>;

/** @throws NotFoundError when it is gone: removed in another tab, perhaps */
export async function scopeRow(deps: AppDeps, id: ScopeId): Promise<ScopeRow> {
  const row = await deps.views.operator.scope(id);
  if (row === null) throw new NotFoundError('scope', id);
  return row;
}

export async function renderScope(deps: AppDeps, c: Context<AppEnv>, row: ScopeRow, shown: Shown = {}): Promise<string> {
  return document(
    <ScopePage
      frame={frameOf(deps, c, row.scope.name, 'scopes')}
      row={row}
      manifest={deps.connectors.find(({ kind }) => kind === row.connector)}
      next={await nextOf(deps, row)}
      done={shown.done ?? null}
      refusal={shown.refusal ?? null}
      forms={shown.forms ?? {}}
      preview={shown.preview ?? storedPreview(deps, row)}
      action_key={randomUUID()}
      now={deps.now()}
    />,
  );
}

const storedPreview = (deps: AppDeps, { scope }: ScopeRow) =>
  previewOf(deps.administration.scopes, parsed(scheduleValues(scope.schedule), z.strictObject(SCHEDULE_FIELDS)), scope._id);

/** Temporal says them; the page is whole without it. */
async function nextOf(deps: AppDeps, { scope }: ScopeRow): Promise<readonly Date[] | null> {
  if (scope.schedule === null) return [];
  try {
    return await deps.administration.scopes.nextTimes(scope);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return null;
  }
}
