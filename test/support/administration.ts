/** An administration that keeps what it was asked and answers with the records of the tests. */
import type { Administration } from '../../api/administration.ts';
import type { StoredCredentialStatus } from '../../domain/credentials/stored.ts';
import { ACME, AWS_MAIN, ago, finding, instance, NOW, scope, tenant } from '../ui/records.ts';

export interface Written {
  readonly name: string;
  readonly args: readonly unknown[];
}

const STATUS: StoredCredentialStatus = {
  tenant_id: ACME,
  instance_id: AWS_MAIN,
  state: 'active',
  kind: 'aws_access_key',
  version: 2,
  field_names: ['access_key_id', 'secret_access_key'],
  changed_at: ago(60),
};

export function administrationUnderTest(written: Written[]): Administration {
  const kept =
    <T>(name: string, answer: T) =>
    async (...args: readonly unknown[]): Promise<T> => (written.push({ name, args }), answer);
  const record = { ...finding(), change: 'created', content_hash: 'c'.repeat(64), pass: 3, changed_pass: 3 } as never;
  return {
    tenants: { create: kept('tenants.create', { row: tenant(), created: true }), edit: kept('tenants.edit', tenant()) },
    instances: {
      create: kept('instances.create', { row: instance(), created: true }),
      edit: kept('instances.edit', instance()),
      remove: kept('instances.remove', undefined),
    },
    scopes: {
      create: kept('scopes.create', { row: scope(), created: true }),
      edit: kept('scopes.edit', scope()),
      remove: kept('scopes.remove', undefined),
      schedule: kept('scopes.schedule', scope()),
      pause: kept('scopes.pause', scope()),
      resume: kept('scopes.resume', scope()),
      trigger: kept('scopes.trigger', undefined),
      preview: () => ({ words: 'Every hour', next: [NOW] }),
      nextTimes: async () => [NOW],
      drift: async () => [],
      repair: kept('scopes.repair', []),
    },
    credentials: {
      status: kept('credentials.status', STATUS),
      list: kept('credentials.list', [STATUS]),
      put: kept('credentials.put', STATUS),
      revoke: kept('credentials.revoke', STATUS),
      remove: kept('credentials.remove', STATUS),
      forget: kept('credentials.forget', STATUS),
    },
    apply: kept('apply', 3),
    findings: { suppress: kept('findings.suppress', record), unsuppress: kept('findings.unsuppress', record) },
  };
}
