/** The audit page and its CSV. */
import { describe, expect, it } from 'vitest';
import { PLATFORM } from '../../domain/tenancy/limits.ts';
import { appUnderTest } from '../api/app-under-test.ts';
import { isFormula, readCsv } from '../support/csv.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { ACME, AWS_MAIN, NOW } from './records.ts';

describe('/operations/audit', () => {
  it('CRED-08: a plain table with filters, whether the chain is whole, and a CSV whose cells no spreadsheet runs; the export is recorded', async () => {
    const record = {
      tenant_id: ACME,
      seq: 7,
      at: NOW,
      action: 'credential.resolve',
      outcome: 'granted',
      actor: '=cmd|x',
      previous: '0'.repeat(64),
      hash: 'a'.repeat(64),
    } as const;
    const { app, asked } = appUnderTest({
      tenantViews: {
        auditRecords: async () => ({ items: [{ ...record, subject: { instance: AWS_MAIN, key_names: ['A', 'B'] } }], next: null }),
        auditVerdict: async () => ({ intact: false, seq: 3, problem: 'missing' }),
      },
    });
    const html = await (await app.request('/operations/audit?tenant=acme&action=credential.resolve&verify=yes')).text();
    for (const part of ['credential.resolve', 'granted', AWS_MAIN, 'A, B', 'broken', 'record 3 is missing']) expect(html).toContain(part);
    const file = await app.request('/operations/audit.csv?tenant=acme');
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="audit-acme.csv"');
    const [head, line] = (await file.text()).split('\r\n');
    expect(head).toBe('"seq","at","action","outcome","actor","subject","previous","hash"');
    expect(line).toContain(`"'=cmd|x"`);
    expect(asked.audits).toEqual([{ tenant: ACME, action: 'audit_exported', actor: 'local-operator', subject: { format: 'csv' } }]);
  });

  it('CRED-08: whatever an actor or a subject is called, no cell of the CSV is a formula, and each name reads back from its own row', async () => {
    const records = HOSTILE_NAMES.map((name, n) => ({
      tenant_id: ACME,
      seq: HOSTILE_NAMES.length - n,
      at: NOW,
      action: 'finding.suppressed',
      outcome: 'done' as const,
      actor: name,
      subject: Object.fromEntries([
        ['finding', name],
        ['names', [name]],
        [name, name],
      ]),
      previous: '0'.repeat(64),
      hash: 'a'.repeat(64),
    }));
    const { app } = appUnderTest({
      tenantViews: {
        // Two pages: the export asks until there is no more.
        auditRecords: async (_tenant, _filter, { after }) =>
          after === undefined ? { items: records.slice(0, 9), next: { seq: 1 } } : { items: records.slice(9), next: null },
      },
    });
    const [head = [], ...rows] = readCsv(await (await app.request('/operations/audit.csv?tenant=acme')).text());
    expect(rows.flat().filter(isFormula)).toEqual([]);
    const column = (name: string): string[] => rows.map((row) => row[head.indexOf(name)] ?? '');
    expect(column('seq')).toEqual(records.map(({ seq }) => String(seq)));
    expect(column('actor').map((actor, n) => (actor === HOSTILE_NAMES[n] ? actor : actor.slice(1)))).toEqual(HOSTILE_NAMES);
    for (const tab of ['=', '+', '-', '@', '\t', '\r']) expect(column('actor').some((actor) => actor.startsWith(`'${tab}`))).toBe(true);
    expect(column('subject').map((text) => JSON.parse(text))).toEqual(records.map(({ subject }) => subject));
  });

  it('CRED-08: the platform’s own log is offered and shown as a tenant’s, though it is no row', async () => {
    const { app } = appUnderTest();
    expect(await (await app.request('/operations/audit')).text()).toContain(`/operations/audit?tenant=${encodeURIComponent(PLATFORM)}`);
    const shown = await app.request(`/operations/audit?tenant=${PLATFORM}`);
    expect([shown.status, await shown.text()]).toEqual([200, expect.stringContaining('The platform')]);
  });

  it('API-05: another tenant’s, or none: nothing is read', async () => {
    const { app, asked } = appUnderTest();
    expect((await app.request('/operations/audit?tenant=globex')).status).toBe(404);
    expect((await app.request('/operations/audit.csv?tenant=globex')).status).toBe(404);
    expect((await app.request('/operations/audit.csv')).status).toBe(400);
    expect(asked.audits).toEqual([]);
    expect(await (await app.request('/operations/audit')).text()).toContain('choose a tenant');
  });
});
