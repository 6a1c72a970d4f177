import { identifierOf } from '../../../domain/federation/targets.ts';
import type { InstanceId, TenantId } from '../../../domain/ids.ts';
import type { Storage } from '../storage.ts';

export interface BindingEnd {
  readonly storage: Pick<Storage, 'bindings'>;
  readonly now: () => Date;
}

/** With the connection or the tenant that it belongs to: nothing is asked, launches are refused from now on. Whether there was one to end. */
export async function endBinding({ storage: { bindings }, now }: BindingEnd, tenant: TenantId, instance: InstanceId): Promise<boolean> {
  for (;;) {
    const binding = await bindings.find(tenant, instance);
    if (binding === null || binding.state === 'revoked') return false;
    const { tenant_id: _tenant, instance_id: _instance, version, ...content } = binding;
    // Null when it was changed meanwhile, by an activation perhaps: that one must not win.
    if ((await bindings.write(tenant, instance, version, { ...content, state: 'revoked', changed_at: now() })) === null) continue;
    if (binding.target !== null) await bindings.release(tenant, identifierOf(binding.target));
    return true;
  }
}
