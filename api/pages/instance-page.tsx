/** The page of one connector instance: its own route, and the answer to a refused form on it. */
import type { Context } from 'hono';
import type { ConnectionTest } from '../../domain/connectors/connection-test.ts';
import { isDomainError, NotFoundError } from '../../domain/errors.ts';
import type { InstanceId } from '../../domain/ids.ts';
import type { InstanceRow } from '../../domain/views/types.ts';
import { emptyForm, type FormState } from '../../ui/components/fields.tsx';
import type { FreshIntake } from '../../ui/components/intake-link.tsx';
import { document } from '../../ui/components/layout.tsx';
import { type InstanceModel, InstancePage } from '../../ui/pages/instance.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { frameOf, PAGE_SIZE } from './frame.ts';

type Shown = Partial<Pick<InstanceModel, 'done' | 'refusal' | 'edit' | 'credential' | 'test'>> & {
  readonly fresh?: FreshIntake;
  readonly intakeForm?: FormState;
};

const SHOWN_LINKS = 10;

/** @throws NotFoundError when it is gone */
export async function instanceRow(deps: AppDeps, id: InstanceId): Promise<InstanceRow> {
  const row = await deps.views.operator.instance(id);
  if (row === null) throw new NotFoundError('instance', id);
  return row;
}

export const manifestOf = (deps: AppDeps, row: InstanceRow) => deps.connectors.find(({ kind }) => kind === row.instance.connector);

/** Of an earlier click; the page is whole when nobody can say. */
async function latestTest(deps: AppDeps, { instance }: InstanceRow): Promise<ConnectionTest | null> {
  try {
    const latest = await deps.connectionTests.latest(instance.tenant_id, instance._id);
    return latest.status === 'done' ? latest.result : null;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return null;
  }
}

export async function renderInstance(deps: AppDeps, c: Context<AppEnv>, row: InstanceRow, shown: Shown = {}): Promise<string> {
  const { _id, tenant_id } = row.instance;
  const [stored, links, test, scopes] = await Promise.all([
    deps.administration.credentials.status(tenant_id, _id),
    deps.intake?.list(tenant_id) ?? null,
    shown.test ?? latestTest(deps, row),
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
      test={test}
      testable={manifestOf(deps, row)?.capabilities.connection_test === true}
      intake={
        links === null
          ? null
          : {
              open: links
                .filter((link) => link.instance_id === _id && link.state === 'open' && link.expires_at > deps.now())
                .slice(0, SHOWN_LINKS),
              fresh: shown.fresh ?? null,
              form: shown.intakeForm ?? emptyForm({ hours: ['24'] }),
              refused: shown.intakeForm !== undefined,
            }
      }
      now={deps.now()}
    />,
  );
}
