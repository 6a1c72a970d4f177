import { describe, expect, it } from 'vitest';
import { type ConnectionPresence, eligibilityOf, enrolAtBoot, presentVariables } from '../../broker/eligibility.ts';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { instanceId, tenantId } from '../../domain/ids.ts';
import type { CredentialProvider } from '../../domain/tenancy/types.ts';
import { awsManifest } from './fixtures.ts';

const COMPLETE = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

function connection(
  more: {
    id?: string;
    tenant?: string;
    connector?: string;
    status?: 'active' | 'disabled';
    provider?: CredentialProvider;
    environment?: readonly string[];
    stored?: ConnectionPresence['stored'];
  } = {},
): ConnectionPresence {
  return {
    instance: {
      _id: instanceId(more.id ?? 'one'),
      tenant_id: tenantId(more.tenant ?? 'acme'),
      connector: more.connector ?? 'aws',
      status: more.status ?? 'active',
      credentials_ref: { provider: more.provider ?? 'env', ref: 'MAIN' },
    },
    environment: more.environment ?? [],
    stored: more.stored ?? { state: 'none', kind: null },
  };
}
const ACTIVE = { state: 'active', kind: 'aws_access_key' } as const;
const eligible = (presence: ConnectionPresence, manifest: ConnectorManifest = awsManifest) => eligibilityOf(presence, manifest);
const enrol = (...connections: readonly ConnectionPresence[]) => enrolAtBoot(connections, () => awsManifest);

describe('eligibility for a schedule', () => {
  it('CRED-14: an active stored credential is evidence, with the host’s variables absent', () => {
    expect(eligible(connection({ stored: ACTIVE }))).toEqual({ eligible: true, by: 'stored' });
    expect(eligible(connection({ provider: 'store', stored: ACTIVE }))).toEqual({ eligible: true, by: 'stored' });
  });

  it('CRED-14: the environment is evidence when every required variable is there; an empty string is absent', () => {
    expect(eligible(connection({ environment: COMPLETE }))).toEqual({ eligible: true, by: 'environment' });
    expect(eligible(connection({ environment: COMPLETE.slice(0, 1) }))).toEqual({ eligible: false, why: 'environment' });
    const host = {
      SV0_TENANT_ACME_MAIN_AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      SV0_TENANT_ACME_MAIN_AWS_SECRET_ACCESS_KEY: '',
      AWS_SECRET_ACCESS_KEY: 'process-global',
    };
    expect(presentVariables(host, 'ACME', 'MAIN', awsManifest)).toEqual(['AWS_ACCESS_KEY_ID']);
  });

  it('CRED-14 CRED-12: what was revoked or deleted is no evidence, and the environment does not stand in for it', () => {
    for (const state of ['revoked', 'deleted'] as const) {
      expect(eligible(connection({ environment: COMPLETE, stored: { state, kind: null } }))).toEqual({
        eligible: false,
        why: 'environment',
      });
    }
  });

  it('CRED-16: a stored kind that the connector does not accept is a wrong mapping; an accepted variant is not', () => {
    const other = { state: 'active', kind: 'api_key' } as const;
    expect(eligible(connection({ stored: other, environment: COMPLETE }))).toEqual({ eligible: false, why: 'mapping' });
    expect(eligible(connection({ stored: other }), { ...awsManifest, accepted_variants: { api_key: 'aws_access_key' } })).toEqual({
      eligible: true,
      by: 'stored',
    });
  });

  it('CRED-14: a vault is taken at its word, `op` is not, and a connector without a credential needs none', () => {
    for (const provider of ['azure_keyvault', 'aws_secretsmanager', 'federation'] as const) {
      expect(eligible(connection({ provider }))).toEqual({ eligible: true, by: 'vault' });
    }
    expect(eligible(connection({ provider: 'op', environment: COMPLETE }))).toEqual({ eligible: false, why: 'environment' });
    expect(eligible(connection(), { ...awsManifest, capabilities: { auth: { required: false } } })).toEqual({
      eligible: true,
      by: 'not_required',
    });
  });
});

describe('auto-enrolment at boot', () => {
  it('CRED-14: Env-free deployment auto-enrolls a store-backed connector', () => {
    const result = enrol(connection({ id: 'a' }), connection({ id: 'b', stored: ACTIVE }));
    expect(result).toEqual({
      enrolled: 1,
      skipped_env: 0,
      skipped_mapping: 0,
      connectors: [{ tenant_id: 'acme', connector: 'aws', decision: 'enrolled', instances: ['b'] }],
    });
  });

  it('CRED-14: counts per connector and tenant; another tenant’s credential, and a disabled connection’s, are no evidence', () => {
    const result = enrol(
      connection({ id: 'a', tenant: 'acme', stored: ACTIVE }),
      connection({ id: 'b', tenant: 'globex' }),
      connection({ id: 'c', tenant: 'initech', stored: { state: 'active', kind: 'api_key' } }),
      connection({ id: 'd', tenant: 'umbrella', status: 'disabled', stored: ACTIVE }),
      connection({ id: 'e', tenant: 'hooli', status: 'disabled', stored: ACTIVE }),
      connection({ id: 'f', tenant: 'hooli' }),
    );
    expect(result).toMatchObject({ enrolled: 1, skipped_env: 2, skipped_mapping: 1 });
    expect(result.connectors.map(({ tenant_id, decision }) => `${tenant_id} ${decision}`)).toEqual([
      'acme enrolled',
      'globex skipped_env',
      'hooli skipped_env',
      'initech skipped_mapping',
    ]);
  });

  it('CRED-14: says the same whatever the order', () => {
    const all = [
      connection({ id: 'a', stored: ACTIVE }),
      connection({ id: 'b', environment: COMPLETE }),
      connection({ id: 'c', tenant: 'globex' }),
    ];
    expect(enrol(...all.toReversed())).toEqual(enrol(...all));
    expect(enrol(...all).connectors[0]?.instances).toEqual(['a', 'b']);
  });
});
