import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createCredentialBroker } from '../../broker/credential-broker.ts';
import type { CredentialProvider } from '../../broker/provider.ts';
import { createEnvProvider } from '../../broker/providers/env.ts';
import { createOpProvider } from '../../broker/providers/op.ts';
import type { VerifiedTenant } from '../../domain/credentials/verified-tenant.ts';
import { awsManifest, verifiedAs } from './fixtures.ts';

const SECRET = 'canary-4d7f1a90c2';
const ENV = { SV0_TENANT_ACME_AWS_AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', SV0_TENANT_ACME_AWS_AWS_SECRET_ACCESS_KEY: SECRET };

interface Recorded {
  readonly tenant: string;
  readonly outcome: string;
  readonly subject: Readonly<Record<string, unknown>>;
}

function brokerWith(options: { env?: Record<string, string>; failAudit?: (outcome: string) => boolean } = {}) {
  const records: Recorded[] = [];
  const asked: string[] = [];
  const env = createEnvProvider(options.env ?? ENV);
  const counting: CredentialProvider = {
    ...env,
    provide: (request) => {
      asked.push(request.tenant.tenant_slug);
      return env.provide(request);
    },
  };
  const broker = createCredentialBroker({
    providers: [counting, createOpProvider()],
    manifestOf: () => awsManifest,
    audit: {
      append: (tenant, { outcome, subject }) => {
        if (options.failAudit?.(outcome) === true) return Promise.reject(new Error('the audit log is away'));
        records.push({ tenant, outcome, subject });
        return Promise.resolve();
      },
    },
  });
  return { broker, records, asked };
}

describe('the credential broker', () => {
  it('CRED-01: resolves the declared variables of the verified tenant', async () => {
    const { broker } = brokerWith();
    const bundle = await broker.resolve(verifiedAs('ACME', 'AWS'), 'launch');
    expect(bundle.reveal()).toEqual({ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET });
  });

  it('CRED-01: refuses a tenant that the repository did not make, before audit and provider', async () => {
    const { broker, records, asked } = brokerWith();
    const forged = { ...verifiedAs('ACME', 'AWS') } as VerifiedTenant;
    await expect(broker.resolve(forged, 'launch')).rejects.toMatchObject({ code: 'TENANT_NOT_VERIFIED' });
    expect([records, asked]).toEqual([[], []]);
  });

  it('CRED-08: records attempted and granted with names, never a value', async () => {
    const { broker, records } = brokerWith();
    await broker.resolve(verifiedAs('ACME', 'AWS'), 'preflight');
    expect(records.map((record) => record.outcome)).toEqual(['attempted', 'granted']);
    expect(records[1]).toMatchObject({
      tenant: 'acme',
      subject: { purpose: 'preflight', key_names: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] },
    });
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  it('CRED-08: no attempted record, no question to the provider; no granted record, no bundle', async () => {
    const before = brokerWith({ failAudit: (outcome) => outcome === 'attempted' });
    await expect(before.broker.resolve(verifiedAs('ACME', 'AWS'), 'launch')).rejects.toThrow('audit log');
    expect(before.asked).toEqual([]);
    const after = brokerWith({ failAudit: (outcome) => outcome === 'granted' });
    await expect(after.broker.resolve(verifiedAs('ACME', 'AWS'), 'launch')).rejects.toThrow('audit log');
  });

  it('CRED-13: a credential that is nowhere is `CREDENTIALS_REQUIRED`, for the customer, and recorded as refused', async () => {
    const { broker, records } = brokerWith({ env: {} });
    await expect(broker.resolve(verifiedAs('ACME', 'AWS'), 'launch')).rejects.toMatchObject({
      code: 'CREDENTIALS_REQUIRED',
      actor: 'customer',
    });
    expect(records.map((record) => record.outcome)).toEqual(['attempted', 'refused']);
  });

  it('CRED-06: half a credential is refused, not completed from elsewhere', async () => {
    const { broker } = brokerWith({ env: { SV0_TENANT_ACME_AWS_AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET } });
    await expect(broker.resolve(verifiedAs('ACME', 'AWS'), 'launch')).rejects.toMatchObject({
      code: 'CREDENTIALS_INCOMPLETE',
      message: 'the credential is incomplete: it lacks AWS_SECRET_ACCESS_KEY',
    });
  });

  it('CRED-02: `op` is in the schema and refused at run time, with the reason; a provider that is not here is named', async () => {
    const { broker } = brokerWith();
    await expect(broker.resolve(verifiedAs('ACME', 'AWS', 'op'), 'launch')).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
    await expect(broker.resolve(verifiedAs('ACME', 'AWS', 'azure_keyvault'), 'launch')).rejects.toMatchObject({
      code: 'PROVIDER_NOT_CONFIGURED',
      subject: 'azure_keyvault',
    });
  });

  it('CRED-07: a bundle shows no value when it is logged, serialised or inspected', async () => {
    const { broker } = brokerWith();
    const bundle = await broker.resolve(verifiedAs('ACME', 'AWS'), 'launch');
    const shown = [
      JSON.stringify({ bundle }),
      inspect(bundle, { depth: 9, showHidden: true }),
      String(bundle),
      JSON.stringify(Object.entries(bundle)),
    ];
    for (const text of shown) expect(text).not.toContain(SECRET);
  });

  it('CRED-10: preflight and launch give the same', async () => {
    const { broker } = brokerWith();
    const preflight = await broker.resolve(verifiedAs('ACME', 'AWS'), 'preflight');
    const launch = await broker.resolve(verifiedAs('ACME', 'AWS'), 'launch');
    expect(launch.reveal()).toEqual(preflight.reveal());
  });
});
