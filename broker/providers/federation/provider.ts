/**
 * `credentials_ref.provider: federation`: the binding is chosen by the verified tenant and connection (CRED-18). The reference's name is not
 * looked at: nothing that a customer can write leads to another customer's role, directory or installation.
 */
import { declaredVariables } from '../../../domain/connectors/manifest.ts';
import { PersistentError } from '../../../domain/errors.ts';
import { identifierOf, isOf, isTargeted } from '../../../domain/federation/targets.ts';
import type { FederationBinding } from '../../../domain/federation/types.ts';
import type { BindingRepository } from '../../../storage/ports/bindings.ts';
import type { CredentialProvider } from '../../provider.ts';
import { assertTaken, minterOf, type Minters } from './available.ts';

export interface FederationDeps {
  readonly bindings: Pick<BindingRepository, 'find' | 'holds'>;
  readonly minters: Minters;
}

export function createFederationProvider({ bindings, minters }: FederationDeps): CredentialProvider {
  return {
    name: 'federation',
    provide: async ({ tenant, manifest }) => {
      const binding = await bindings.find(tenant.tenant_id, tenant.instance_id);
      if (binding === null) return null;
      if (binding.state !== 'active' || !isTargeted(binding)) throw notActive(binding);
      // A row alone is no proof: whoever wrote another tenant's identifier into it did not write the reservation.
      if (!(await bindings.holds(tenant.tenant_id, identifierOf(binding.target)))) throw notOurs(binding);
      // The instance may have been pointed elsewhere since the activation: one account's data would be read as another's.
      if (!isOf(binding.target, tenant.source_tenant)) throw ofAnother(binding);
      const minter = minterOf(minters, binding.provider);
      assertTaken(minter, manifest.kind, declaredVariables(manifest));
      const session = sessionName(tenant.run_id ?? 'test');
      const minted = await minter.mint({ binding, manifest, session, deadline: tenant.deadline_at ?? null });
      return { ...minted, version: `${binding.provider}/v${binding.version}` };
    },
  };
}

/** Of the characters that every source takes: `[\w+=,.@-]{2,64}` of STS. */
export const sessionName = (name: string): string => `sv0-${name.replaceAll(/[^\w.-]/g, '-')}`.slice(0, 64);

const notActive = ({ state, provider }: FederationBinding): PersistentError =>
  state === 'revoked'
    ? new PersistentError('the federation binding of this connection was revoked', {
        code: 'BINDING_REVOKED',
        actor: 'customer',
        expected: 'a new binding: `sv0 bindings create`',
        subject: provider,
      })
    : new PersistentError('the federation binding of this connection is not active: its probes have not passed', {
        code: 'BINDING_NOT_ACTIVE',
        actor: 'operator',
        expected: '`sv0 bindings activate`, when the customer’s side is in place',
        subject: provider,
      });

const notOurs = ({ provider }: FederationBinding): PersistentError =>
  new PersistentError('the federation binding of this connection names what was never proven to be this tenant’s', {
    code: 'BINDING_NOT_OURS',
    actor: 'operator',
    expected: 'the audit log, for who changed it; then a new binding',
    subject: provider,
  });

const ofAnother = ({ provider }: FederationBinding): PersistentError =>
  new PersistentError('the federation binding is of another account than the connection reads now', {
    code: 'FEDERATION_MISMATCH',
    actor: 'operator',
    expected: 'the account of the binding in the instance; or this binding revoked, and one of the other account',
    subject: provider,
  });
