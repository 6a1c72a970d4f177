/** `resolveCredentials`: proves before a child is spawned that the credential can be had, and audits it (architecture decision 5). */
import type { CredentialResolver, VerifiedTenants } from './credentials.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { PreflightResult, StageInput } from './inputs.ts';

export interface PreflightDeps {
  readonly verifiedTenants: VerifiedTenants;
  readonly broker: CredentialResolver;
}

export type PreflightActivities = ReturnType<typeof createPreflightActivities>;

export function createPreflightActivities({ verifiedTenants, broker }: PreflightDeps) {
  return {
    /** Names and a version, never values. */
    async resolveCredentials(input: StageInput): Promise<PreflightResult> {
      const tenant = await verifiedTenants.ofRun(input.scope_id, input.run_id);
      // A vault that is slow is no worker that is lost.
      const bundle = await withHeartbeat(() => broker.resolve(tenant, 'preflight'));
      return { provider: bundle.facts.provider, key_names: bundle.keyNames, version: bundle.facts.version };
    },
  };
}
