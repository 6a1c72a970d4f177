/**
 * Bindings from the side of those who set them up. The tenant is that of the instance's row; identifiers come from an operator, external IDs
 * from us, and a binding counts only after the source has refused what it must refuse and let in what it must (CRED-19). Every change is audited.
 */
import { randomBytes } from 'node:crypto';
import { type ConnectorManifest, declaredVariables } from '../../domain/connectors/manifest.ts';
import { ConflictError, NotFoundError, PersistentError } from '../../domain/errors.ts';
import { checkedTarget, identifierOf, isTargeted } from '../../domain/federation/targets.ts';
import type { BindableProvider, BindingTarget, FederationBinding, Probe, TargetedBinding } from '../../domain/federation/types.ts';
import type { InstanceId, TenantId } from '../../domain/ids.ts';
import type { ConnectorInstance } from '../../domain/tenancy/types.ts';
import type { BindingContent, BindingRepository } from '../../storage/ports/bindings.ts';
import type { InstanceRepository } from '../../storage/ports/instances.ts';
import type { TenantRepository } from '../../storage/ports/tenants.ts';
import { audited } from '../audited.ts';
import type { AuditLog } from '../credential-broker.ts';
import { assertTaken, minterOf, type Minters } from '../providers/federation/available.ts';
import { probed } from '../providers/federation/minter.ts';
import { sessionName } from '../providers/federation/provider.ts';

export interface Bindings {
  /** Null when this connection has none. @throws NotFoundError for another tenant's instance */
  get(tenant: TenantId, instance: InstanceId): Promise<FederationBinding | null>;
  list(tenant: TenantId): Promise<readonly FederationBinding[]>;
  /** The one that is there, unless it was revoked; else a new one, pending, with an external ID of its own. For templates that need it before there is a role. */
  prepare(tenant: TenantId, instance: InstanceId, provider: BindableProvider, actor: string): Promise<FederationBinding>;
  /**
   * Puts the customer's identifier into a pending binding. The same again changes nothing.
   * @throws InvalidInputError `INVALID_BINDING`; ConflictError `BINDING_IDENTIFIER_TAKEN`, `BINDING_STATE` when an active one would be changed
   */
  create(tenant: TenantId, instance: InstanceId, target: BindingTarget, actor: string): Promise<FederationBinding>;
  /**
   * Asks the source. An active binding is asked again, and is pending when it fails.
   * @throws PersistentError `BINDING_PROBE_LET_IN` when it lets in what it must refuse, or why it refuses what it must let in
   */
  activate(tenant: TenantId, instance: InstanceId, actor: string): Promise<FederationBinding>;
  /** Launches are refused from now on. @throws ConflictError `BINDING_STATE` when it is revoked already */
  revoke(tenant: TenantId, instance: InstanceId, actor: string): Promise<FederationBinding>;
}

export interface BindingsDeps {
  readonly bindings: BindingRepository;
  readonly instances: Pick<InstanceRepository, 'get'>;
  readonly tenants: Pick<TenantRepository, 'find'>;
  readonly minters: Minters;
  readonly manifestOf: (connector: string) => ConnectorManifest;
  readonly audit: AuditLog;
  readonly now: () => Date;
}

/** 256 bits. Of the characters that STS takes; so long that a guess is no way in. */
const newExternalId = (): string => `sv0-${randomBytes(32).toString('base64url')}`;

export function createBindings({ bindings, instances, tenants, minters, manifestOf, audit, now }: BindingsDeps): Bindings {
  const recorded = (action: string, { tenant, instance, actor, provider }: Change, work: () => Promise<FederationBinding>) =>
    audited(audit, { tenant, action: `binding.${action}`, actor, subject: { instance, provider } }, work, ({ version, target }) => ({
      version,
      ...(target === null ? {} : { identifier: identifierOf(target) }),
    }));

  async function rowOf(tenant: TenantId, instance: InstanceId): Promise<ConnectorInstance> {
    const owner = await tenants.find(tenant);
    if (owner === null) throw new NotFoundError('tenant', tenant);
    if (owner.status !== 'active')
      throw new ConflictError('the tenant is not active', { code: 'TENANT_NOT_ACTIVE', actor: 'operator', subject: tenant });
    return await instances.get(tenant, instance);
  }

  async function write(tenant: TenantId, instance: InstanceId, read: FederationBinding | null, content: BindingContent) {
    const written = await bindings.write(tenant, instance, read?.version ?? 0, content);
    if (written !== null) return written;
    throw new ConflictError('the binding was changed by someone else meanwhile', {
      code: 'STALE_EDIT',
      actor: 'operator',
      subject: instance,
    });
  }

  async function reserve(tenant: TenantId, target: BindingTarget, proven: boolean): Promise<void> {
    if (await bindings.reserve(tenant, identifierOf(target), { proven, now: now() })) return;
    throw new ConflictError('this role, directory or organisation is bound to another tenant', {
      code: 'BINDING_IDENTIFIER_TAKEN',
      actor: 'operator',
      expected: 'an identifier that no other tenant has or had',
      subject: target.provider,
    });
  }

  /** Pending and without an identifier; what is there and not revoked stays. */
  async function prepared(tenant: TenantId, instance: InstanceId, provider: BindableProvider): Promise<FederationBinding> {
    const { connector } = await rowOf(tenant, instance);
    assertTaken(minterOf(minters, provider), connector, declaredVariables(manifestOf(connector)));
    const present = await bindings.find(tenant, instance);
    if (present !== null && present.state !== 'revoked') {
      if (present.provider === provider) return present;
      throw conflict(present, `a binding by ${present.provider}, or none: revoke it first`);
    }
    const at = now();
    return await write(tenant, instance, present, {
      provider,
      target: null,
      external_id: newExternalId(),
      state: 'pending',
      probes: [],
      created_at: at,
      changed_at: at,
      activated_at: null,
    });
  }

  async function ready(tenant: TenantId, instance: InstanceId): Promise<TargetedBinding> {
    const binding = await bindings.find(tenant, instance);
    if (binding === null) throw new NotFoundError('binding', instance);
    if (binding.state === 'revoked' || !isTargeted(binding))
      throw conflict(binding, 'a binding with its identifier: `sv0 bindings create`');
    return binding;
  }

  async function ask(binding: TargetedBinding, { connector, source_tenant }: ConnectorInstance): Promise<Verdict> {
    const request = { binding, manifest: manifestOf(connector), session: sessionName('activation'), deadline: null, source_tenant };
    const probes: Probe[] = [];
    for (const question of minterOf(minters, binding.provider).questions(request)) {
      let failure: unknown = null;
      const probe = await probed(
        {
          ...question,
          ask: () =>
            question.ask().catch((error: unknown) => {
              failure = error;
              throw error;
            }),
        },
        now,
      );
      probes.push(probe);
      if (probe.answer === probe.expected) continue;
      // What must be let in was refused: the source's own reason says more than we could.
      return { probes, problem: probe.expected === 'granted' ? failure : letIn(question.name, question.remedy) };
    }
    return { probes, problem: null };
  }

  return {
    get: async (tenant, instance) => {
      await instances.get(tenant, instance);
      return await bindings.find(tenant, instance);
    },
    list: (tenant) => bindings.list(tenant),

    prepare: async (tenant, instance, provider, actor) => {
      await instances.get(tenant, instance);
      const present = await bindings.find(tenant, instance);
      if (present !== null && present.state !== 'revoked' && present.provider === provider) return present;
      return await recorded('prepare', { tenant, instance, actor, provider }, () => prepared(tenant, instance, provider));
    },

    create: (tenant, instance, wanted, actor) =>
      recorded('create', { tenant, instance, actor, provider: wanted.provider }, async () => {
        const target = checkedTarget(wanted, (await rowOf(tenant, instance)).source_tenant);
        const binding = await prepared(tenant, instance, target.provider);
        if (binding.target !== null && identifierOf(binding.target) === identifierOf(target) && same(binding.target, target))
          return binding;
        if (binding.state === 'active') throw conflict(binding, 'a pending binding: revoke the active one first');
        await reserve(tenant, target, false);
        const written = await write(tenant, instance, binding, { ...binding, target, probes: [], changed_at: now() });
        if (binding.target !== null && identifierOf(binding.target) !== identifierOf(target))
          await bindings.release(tenant, identifierOf(binding.target));
        return written;
      }),

    activate: async (tenant, instance, actor) => {
      await rowOf(tenant, instance);
      const binding = await ready(tenant, instance);
      return await recorded('activate', { tenant, instance, actor, provider: binding.provider }, async () => {
        // The instance may have been pointed elsewhere since.
        const row = await rowOf(tenant, instance);
        checkedTarget(binding.target, row.source_tenant);
        const { probes, problem } = await ask(binding, row);
        if (problem !== null) {
          await write(tenant, instance, binding, { ...binding, state: 'pending', probes, changed_at: now() });
          throw problem;
        }
        await reserve(tenant, binding.target, true);
        const at = now();
        return await write(tenant, instance, binding, { ...binding, state: 'active', probes, changed_at: at, activated_at: at });
      });
    },

    revoke: async (tenant, instance, actor) => {
      await instances.get(tenant, instance);
      const binding = await bindings.find(tenant, instance);
      if (binding === null) throw new NotFoundError('binding', instance);
      return await recorded('revoke', { tenant, instance, actor, provider: binding.provider }, async () => {
        if (binding.state === 'revoked') throw conflict(binding, 'a binding that is not revoked yet');
        const revoked = await write(tenant, instance, binding, { ...binding, state: 'revoked', changed_at: now() });
        if (binding.target !== null) await bindings.release(tenant, identifierOf(binding.target));
        return revoked;
      });
    },
  };
}

interface Change {
  readonly tenant: TenantId;
  readonly instance: InstanceId;
  readonly provider: BindableProvider;
  readonly actor: string;
}

interface Verdict {
  readonly probes: readonly Probe[];
  /** Null when every question was answered as it must be. */
  readonly problem: unknown;
}

const same = (a: BindingTarget, b: BindingTarget): boolean => JSON.stringify(a) === JSON.stringify(b);

const letIn = (probe: string, expected: string): PersistentError =>
  new PersistentError('the customer’s side lets in what it must refuse', {
    code: 'BINDING_PROBE_LET_IN',
    actor: 'customer',
    expected,
    subject: probe,
  });

const conflict = ({ instance_id, state }: FederationBinding, expected: string): ConflictError =>
  new ConflictError(`the binding of this connection is ${state}`, {
    code: 'BINDING_STATE',
    actor: 'operator',
    expected,
    subject: instance_id,
  });
