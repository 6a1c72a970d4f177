import type { EditOf, ScopeAdmin, ScopeInput } from '../../../api/administration.ts';
import { digestOf } from '../../../domain/canonical.ts';
import { ConflictError, NotFoundError } from '../../../domain/errors.ts';
import { scopeId, type ScopeId } from '../../../domain/ids.ts';
import { checkSchedule, nextTimes, scheduleInWords } from '../../../domain/tenancy/schedule.ts';
import type { ScanScope } from '../../../domain/tenancy/types.ts';
import type { Versioned } from '../../../storage/ports/instances.ts';
import { fieldsOf } from './audited.ts';
import { checkScope, refuseReservedScope } from './checks.ts';
import { instanceOf } from './instances.ts';
import { type AdministrationParts, mustBeAt } from './parts.ts';
import { writableTenant } from './tenants.ts';

const SHOWN_TIMES = 5;
/** Where an interval is shown for a scope that does not exist yet. */
const SOME_SCOPE = scopeId('preview');

export function createScopeAdmin(parts: AdministrationParts): ScopeAdmin {
  const { storage, registry, schedules, audited, now } = parts;

  const request = (id: ScopeId, { tenant_hint, version, by }: EditOf) => ({
    scope_id: id,
    tenant_hint,
    by,
    ...(version === null ? {} : { version }),
  });
  const again = async ({ tenant_id, _id }: ScanScope): Promise<Versioned<ScanScope>> => await storage.scopes.get(tenant_id, _id);

  return {
    create: async (instance, { id, ...input }, { tenant_hint, by }) => {
      const owner = await instanceOf(parts, instance, { tenant_hint });
      const tenant = owner.tenant_id;
      await writableTenant(parts, tenant);
      refuseReservedScope(scopeId(id));
      checkScope(registry, owner.connector, input);
      const schedule = input.schedule === null ? null : checkSchedule(input.schedule);
      const present = await storage.scopes.find(tenant, id);
      if (
        present !== null &&
        present.instance_id === instance &&
        digestOf(contentOf(present)) === digestOf(contentOf({ ...input, schedule }))
      )
        return { row: present, created: false };
      const row = await audited({ tenant, action: 'scope.created', by, subject: { scope_id: id, instance } }, () =>
        storage.scopes.create(tenant, { ...input, _id: id, instance_id: instance, kind: 'scan', schedule: null, created_at: now() }),
      );
      if (schedule === null) return { row, created: true };
      await schedules.set({ scope_id: id, tenant_hint: tenant, by }, schedule);
      return { row: await again(row), created: true };
    },

    edit: async (id, edit, of) => {
      const present = await scopeOf(parts, id, of);
      const tenant = present.tenant_id;
      await writableTenant(parts, tenant);
      if (present.instance_id !== null && (edit.categories !== undefined || edit.params !== undefined)) {
        const { connector } = await storage.instances.get(tenant, present.instance_id);
        checkScope(registry, connector, { categories: edit.categories ?? present.categories, params: edit.params ?? present.params });
      }
      return await audited({ tenant, action: 'scope.edited', by: of.by, subject: { scope_id: id, fields: fieldsOf(edit) } }, async () => {
        const edited = await storage.scopes.update(tenant, id, edit, of.version ?? undefined);
        if (edited.schedule === null) return edited;
        await schedules.apply(id);
        return await again(edited);
      });
    },

    remove: async (id, of) => {
      const present = await scopeOf(parts, id, of);
      mustBeAt('scope', present, of.version);
      if (present.in_flight !== null)
        throw new ConflictError('a run of this scope is in flight', {
          code: 'SCOPE_IN_FLIGHT',
          subject: id,
          holder: present.in_flight.run,
        });
      if (present.schedule !== null) await schedules.set({ scope_id: id, tenant_hint: present.tenant_id, by: of.by }, null);
      await audited({ tenant: present.tenant_id, action: 'scope.removed', by: of.by, subject: { scope_id: id } }, () =>
        storage.scopes.remove(present.tenant_id, id),
      );
    },

    schedule: async (id, schedule, of) => {
      const present = await scopeOf(parts, id, of);
      await schedules.set(request(id, of), schedule);
      return await again(present);
    },

    pause: async (id, note, of) => {
      const present = await scopeOf(parts, id, of);
      await schedules.pause(request(id, of), note);
      return await again(present);
    },

    resume: async (id, of) => {
      const present = await scopeOf(parts, id, of);
      await schedules.resume(request(id, of));
      return await again(present);
    },

    trigger: async (id, of) => {
      await scopeOf(parts, id, of);
      await schedules.triggerNow(request(id, of));
    },

    preview: (given, scope) => {
      const schedule = checkSchedule(given);
      return { words: scheduleInWords(schedule), next: nextTimes(schedule, scope ?? SOME_SCOPE, now(), SHOWN_TIMES) };
    },

    nextTimes: (scope) => schedules.nextTimes(scope, SHOWN_TIMES),
    drift: schedules.drift,
    repair: schedules.repair,
  };
}

/** Only scan scopes: the synthetic rows are nobody's to edit. @throws NotFoundError */
async function scopeOf(
  { storage }: Pick<AdministrationParts, 'storage'>,
  id: ScopeId,
  { tenant_hint }: Pick<EditOf, 'tenant_hint'>,
): Promise<Versioned<ScanScope>> {
  const chain = await storage.scopes.findForStart(id);
  if (chain === null || chain.scope.kind !== 'scan' || (tenant_hint !== null && tenant_hint !== chain.tenant._id))
    throw new NotFoundError('scope', id);
  return chain.scope;
}

const contentOf = ({ name, categories, params, budget, cooldown_seconds, schedule }: Omit<ScopeInput, 'id'>) => ({
  name,
  categories: [...new Set(categories)].sort(),
  params,
  budget,
  cooldown_seconds,
  schedule,
});
