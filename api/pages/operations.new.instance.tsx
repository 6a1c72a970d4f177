/** Two steps: whose and which connector, then the fields that this connector has. */
import type { Context } from 'hono';
import { z } from 'zod';
import { NotFoundError } from '../../domain/errors.ts';
import { instanceId } from '../../domain/ids.ts';
import { emptyForm, type FormState } from '../../ui/components/fields.tsx';
import { document } from '../../ui/components/layout.tsx';
import { instanceLink, withQuery } from '../../ui/links.ts';
import { ChooseConnectorPage, NewInstancePage } from '../../ui/pages/new-instance.tsx';
import type { AppEnv } from '../context.ts';
import type { AppDeps } from '../deps.ts';
import { type Register, tenantIdSchema } from '../schemas/common.ts';
import { connectorKind } from '../schemas/names.ts';
import { frameOf, offeredTenants } from './frame.ts';
import { INSTANCE_FIELDS } from './operations.instances.id.tsx';
import { readQuery } from './read.ts';
import { parametersOf, parsed, readTyped, refused, split } from './typed.ts';

const query = z.strictObject({ tenant: tenantIdSchema.optional(), connector: connectorKind.optional() });
const form = z.strictObject({ ...INSTANCE_FIELDS, id: z.string(), tenant: z.string(), connector: z.string() });

export const operationsNewInstance: Register = (app, deps) => {
  app.get('/operations/new/instance', async (c) => {
    const { tenant, connector } = readQuery(c, query);
    if (tenant !== undefined && connector !== undefined) {
      const { owner, manifest } = await about(c, deps);
      const values = { id: [`${owner._id}-${manifest.kind}`], name: [manifest.title], 'credentials_ref.provider': ['store'] };
      return c.html(render(deps, c, owner, manifest, emptyForm({ ...values, 'credentials_ref.ref': ['MAIN'] })));
    }
    return c.html(
      document(
        <ChooseConnectorPage
          frame={frameOf(deps, c, 'New instance', 'instances')}
          tenant={tenant}
          tenants={await offeredTenants(deps)}
          connectors={deps.connectors.map(({ kind, title }) => ({ value: kind, label: title }))}
        />,
      ),
    );
  });

  app.post('/operations/new/instance', async (c) => {
    const typed = await readTyped(c);
    const { owner, manifest } = await about(c, deps);
    try {
      const { own, rest } = split(typed, 'config');
      const { id, name, source_tenant, ...others } = parsed(rest, form);
      const made = await deps.administration.instances.create(
        owner._id,
        {
          id: instanceId(id.trim()),
          connector: manifest.kind,
          name,
          source_tenant,
          credentials_ref: { provider: others['credentials_ref.provider'], ref: others['credentials_ref.ref'] },
          config: parametersOf(manifest.config, own, 'config'),
        },
        c.var.caller.user_id,
      );
      return c.redirect(withQuery(instanceLink(made.row._id), { done: 'created' }), 303);
    } catch (error) {
      const again = refused(error, typed, { instance_id: 'id' });
      return c.html(render(deps, c, owner, manifest, again.form), again.status);
    }
  });
};

async function about(c: Context<AppEnv>, deps: AppDeps) {
  const { tenant, connector } = readQuery(c, query);
  const owner = tenant === undefined ? null : await deps.views.operator.tenant(tenant);
  if (owner === null) throw new NotFoundError('tenant', tenant ?? '');
  const manifest = deps.connectors.find(({ kind }) => kind === connector);
  if (manifest === undefined) throw new NotFoundError('connector', connector ?? '');
  return { owner, manifest };
}

const render = (
  deps: AppDeps,
  c: Context<AppEnv>,
  owner: Awaited<ReturnType<typeof about>>['owner'],
  manifest: Awaited<ReturnType<typeof about>>['manifest'],
  state: FormState,
): string =>
  document(<NewInstancePage frame={frameOf(deps, c, 'New instance', 'instances')} tenant={owner} manifest={manifest} form={state} />);
