/** Who answers for a thing, and whether anyone of them is still there. */
import type { Edge, Entity } from '../../graph/types.ts';
import type { RuleContext, RuleInput } from '../types.ts';
import { inputsOf, ownInput, unread } from './coverage.ts';
import { ENTRA_APPLICATIONS, ENTRA_SERVICE_PRINCIPALS, ENTRA_USERS, GITHUB_REPOSITORIES } from './inputs.ts';
import { isEnabled, text } from './state.ts';

/** Ownership is a record of its own in Entra, so its absence means something. Elsewhere (tags) only what is said counts. */
export const OWNERSHIP_INPUTS: readonly RuleInput[] = [ENTRA_APPLICATIONS, ENTRA_SERVICE_PRINCIPALS, ENTRA_USERS, GITHUB_REPOSITORIES];

export interface Ownership {
  /** `disabled`: there are owners, and every one is switched off. `unknown`: `missing` says why. */
  readonly state: 'living' | 'none' | 'disabled' | 'unknown';
  readonly missing?: string;
  readonly owners: readonly Entity[];
  readonly disabled: readonly Entity[];
  /** The edges to the owners, and from a service principal to the registration that they own. */
  readonly edges: readonly Edge[];
}

/** Everything that ownership speaks of. A registration is spoken of through its service principal, where it has one. */
export function* ownables(context: RuleContext): Iterable<Entity> {
  for (const type of ['identity', 'role', 'workload', 'resource', 'connection', 'credential'] as const) {
    for (const entity of context.entitiesOf(type)) if (isOwnable(context, entity)) yield entity;
  }
}

export function isOwnable(context: RuleContext, entity: Entity): boolean {
  if (entity.source_system === 'entra' && entity.subtype === 'app_registration') return context.in(entity.id, 'INSTANCE_OF').length === 0;
  if (entity.source_system === 'entra' && entity.subtype === 'service_principal') {
    if (text(entity, 'service_principal_type') === 'ManagedIdentity') return false;
    // A third party's or Microsoft's application is owned in its own directory, which nobody here reads.
    return (
      context.out(entity.id, 'INSTANCE_OF').length > 0 ||
      text(entity, 'app_owner_organization_id') === entity.source_tenant ||
      hasOwner(context, entity)
    );
  }
  return hasOwner(context, entity);
}

const hasOwner = (context: RuleContext, entity: Entity): boolean => context.out(entity.id, 'OWNED_BY').length > 0;

export function ownershipOf(context: RuleContext, entity: Entity): Ownership {
  const registration = context.out(entity.id, 'INSTANCE_OF');
  const held = [entity.id, ...registration.map((edge) => edge.to)].flatMap((id) => context.out(id, 'OWNED_BY'));
  const owners = new Map<string, Entity>();
  for (const edge of held) {
    const owner = context.entity(edge.to);
    if (owner !== undefined) owners.set(owner.id, owner);
  }
  const all = [...owners.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const disabled = all.filter((owner) => isEnabled(owner) === false);
  const rest = { owners: all, disabled, edges: [...registration, ...held] };
  const missing = unread(context, [ownInput(entity), ...inputsOf(OWNERSHIP_INPUTS, entity.source_system)], entity.source_tenant);
  if (missing !== undefined) return { state: 'unknown', missing, ...rest };
  if (all.some((owner) => isEnabled(owner) === true)) return { state: 'living', ...rest };
  if (all.length === 0) return { state: 'none', ...rest };
  if (disabled.length === all.length) return { state: 'disabled', ...rest };
  return { state: 'unknown', missing: 'the state of its owners', ...rest };
}
