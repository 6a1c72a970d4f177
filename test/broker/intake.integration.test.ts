/** Intake links on a real database: what they let in, once, and what they say to whom. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createIntake, type IntakeDeps } from '../../broker/intake.ts';
import { INTAKE_ATTEMPTS } from '../../domain/credentials/intake.ts';
import { TransientError } from '../../domain/errors.ts';
import { instanceId, tenantId } from '../../domain/ids.ts';
import { createInstanceRepository } from '../../storage/mongo/instances.ts';
import { createIntakeRepository } from '../../storage/mongo/intake.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { withDatabase } from '../support/mongo.ts';
import { awsManifest } from './fixtures.ts';

const database = withDatabase();
const [ACME, GLOBEX, MAIN] = [tenantId('acme'), tenantId('globex'), instanceId('acme-aws')];
const CANARY = 'canary-of-the-intake-6f2a';
const FIELDS = { access_key_id: 'AKIAEXAMPLE', secret_access_key: CANARY };
let now = new Date('2030-01-01T00:00:00Z');
let puts: object[] = [];
let records: { readonly action: string; readonly outcome: string; readonly subject: object }[] = [];

beforeEach(async () => {
  await database.clear();
  now = new Date('2030-01-01T00:00:00Z');
  [puts, records] = [[], []];
  const tenants = createTenantRepository(database.collections);
  for (const [_id, slug] of [
    [ACME, 'ACME'],
    [GLOBEX, 'GLOBEX'],
  ] as const)
    await tenants.create({ _id, slug, name: slug, kind: 'real', created_at: now });
  await createInstanceRepository(database.collections).create(ACME, {
    _id: MAIN,
    connector: 'aws',
    name: 'main',
    source_tenant: '123456789012',
    credentials_ref: { provider: 'store', ref: 'MAIN' },
    config: {},
    status: 'active',
    created_at: now,
  });
});

/** Where storing fails: while it is sealed, or when it is written. */
const deps = (failing?: 'sealing' | 'writing'): IntakeDeps => ({
  links: createIntakeRepository(database.collections),
  store: {
    put: async (tenant, instance, input, actor, claim) => {
      if (failing === 'sealing') throw new TransientError('no answer', { code: 'CREDENTIAL_KEY_UNAVAILABLE' });
      await claim?.();
      if (failing === 'writing') throw new Error('the database is away');
      puts.push([tenant, instance, input, actor]);
      return {} as never;
    },
  },
  tenants: createTenantRepository(database.collections),
  instances: createInstanceRepository(database.collections),
  manifestOf: () => awsManifest,
  audit: { append: async (_, entry) => void records.push(entry) },
  now: () => now,
});
const intake = (failing?: 'sealing' | 'writing') => createIntake(deps(failing));
const made = () => intake().create(ACME, MAIN, { kind: 'aws_access_key', hours: 24 }, 'cli:ada');
const NOT_FOUND = { name: 'NotFoundError', message: expect.not.stringContaining(CANARY) };

describe('intake links', () => {
  it('CRED-21: link and code let one credential in, straight into the store, once', async () => {
    const { token, code } = await made();
    expect(await intake().describe(token)).toMatchObject({
      tenant_name: 'ACME',
      kind: 'aws_access_key',
      fields: expect.arrayContaining([{ field: 'secret_access_key', required: true, secret: true }]),
    });
    // As people type it.
    await intake().submit(token, `${code.slice(0, 5).toLowerCase()}-${code.slice(5)}`, FIELDS);
    expect(puts).toEqual([[ACME, MAIN, { kind: 'aws_access_key', fields: FIELDS }, expect.stringMatching(/^intake:[0-9a-f]{16}$/)]]);
    await expect(intake().submit(token, code, FIELDS)).rejects.toMatchObject(NOT_FOUND);
    await expect(intake().describe(token)).rejects.toMatchObject(NOT_FOUND);
    expect(puts).toHaveLength(1);
  });

  it('CRED-21: of many submissions at once one is taken', async () => {
    const { token, code } = await made();
    const all = await Promise.allSettled(Array.from({ length: INTAKE_ATTEMPTS }, () => intake().submit(token, code, FIELDS)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(puts).toHaveLength(1);
  });

  it('CRED-21: guesses are counted before they are looked at, and the right code comes too late', async () => {
    const { token, code } = await made();
    const wrong = code.startsWith('0') ? `1${code.slice(1)}` : `0${code.slice(1)}`;
    const guesses = await Promise.allSettled(Array.from({ length: INTAKE_ATTEMPTS }, () => intake().submit(token, wrong, FIELDS)));
    expect(guesses.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(intake().submit(token, code, FIELDS)).rejects.toMatchObject(NOT_FOUND);
    expect(puts).toEqual([]);
  });

  it('CRED-21: expired, revoked, unknown, malformed, and that of a tenant that is gone are told alike', async () => {
    const expired = await made();
    now = new Date(now.getTime() + 24 * 3_600_000);
    const revoked = await made();
    await expect(intake().revoke(GLOBEX, revoked.id, 'cli:eve')).rejects.toMatchObject(NOT_FOUND);
    await intake().revoke(ACME, revoked.id, 'cli:ada');
    const orphan = await made();
    await createTenantRepository(database.collections).setStatus(ACME, 'offboarded');
    const messages = new Set<string>();
    for (const { token, code } of [
      expired,
      revoked,
      orphan,
      { token: 'A'.repeat(43), code: 'X' },
      { token: '../..', code: '' },
      { token: { $gt: '' } as never, code: '' },
    ]) {
      await expect(intake().describe(token)).rejects.toMatchObject(NOT_FOUND);
      await intake()
        .submit(token, code, FIELDS)
        .catch((error: Error) => messages.add(error.message));
    }
    expect(messages.size).toBe(1);
    expect(puts).toEqual([]);
  });

  it('CRED-21: a wrong field is told by its name, and a keeper of keys who is away costs nobody his link; it ends where the writing failed', async () => {
    const { token, code } = await made();
    const short = intake().submit(token, code, { access_key_id: 'AKIAEXAMPLE', secret_access_key: '' });
    await expect(short).rejects.toMatchObject({ code: 'INVALID_CREDENTIAL', field: 'fields.secret_access_key' });
    await expect(intake('sealing').submit(token, code, FIELDS)).rejects.toMatchObject({ code: 'CREDENTIAL_KEY_UNAVAILABLE' });
    expect(await intake().describe(token)).toMatchObject({ kind: 'aws_access_key' });
    // Whether it was written, nobody can say: a second try could store what somebody has replaced meanwhile.
    await expect(intake('writing').submit(token, code, FIELDS)).rejects.toThrow('away');
    await expect(intake().submit(token, code, FIELDS)).rejects.toMatchObject(NOT_FOUND);
    expect(puts).toEqual([]);
    expect(records.filter(({ outcome }) => outcome === 'refused').map(({ subject }) => subject)).toMatchObject([
      { code: 'INVALID_CREDENTIAL' },
      { code: 'CREDENTIAL_KEY_UNAVAILABLE' },
      { code: 'UNEXPECTED' },
    ]);
  });

  it('CRED-21: sealing that fails is a try like any other: ten, and the link is over', async () => {
    const { token, code } = await made();
    for (let n = 0; n < INTAKE_ATTEMPTS; n += 1)
      await expect(intake('sealing').submit(token, code, FIELDS)).rejects.toMatchObject({ code: 'CREDENTIAL_KEY_UNAVAILABLE' });
    await expect(intake().submit(token, code, FIELDS)).rejects.toMatchObject(NOT_FOUND);
  });

  it('CRED-08 CRED-21: taking a link back is audited before and after; what cannot be recorded is not done', async () => {
    const { id, token } = await made();
    records = [];
    const deaf = createIntake({ ...deps(), audit: { append: () => Promise.reject(new Error('the audit log is away')) } });
    await expect(deaf.revoke(ACME, id, 'cli:ada')).rejects.toThrow('audit log');
    expect(await intake().describe(token)).toMatchObject({ kind: 'aws_access_key' });
    await intake().revoke(ACME, id, 'cli:ada');
    await expect(intake().revoke(ACME, id, 'cli:ada')).rejects.toMatchObject(NOT_FOUND);
    expect(records.map(({ action, outcome, subject }) => [action, outcome, subject])).toEqual([
      ['intake.revoke', 'attempted', { instance: null, link: id }],
      ['intake.revoke', 'done', { instance: MAIN, link: id }],
      ['intake.revoke', 'attempted', { instance: null, link: id }],
      ['intake.revoke', 'refused', { instance: null, link: id, code: 'INTAKE_LINK_NOT_FOUND' }],
    ]);
  });

  it('CRED-21 CRED-07: the database has neither token, code nor value; every step is audited', async () => {
    const { token, code, id } = await made();
    await intake().submit(token, code, FIELDS);
    const rows = JSON.stringify([await database.collections.intakeLinks.find().toArray(), await intake().list(ACME), records]);
    for (const secret of [token, code, CANARY]) expect(rows).not.toContain(secret);
    expect(await intake().list(GLOBEX)).toEqual([]);
    expect(records.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'intake.create attempted',
      'intake.create done',
      'intake.submit attempted',
      'intake.submit done',
    ]);
    expect(records[0]?.subject).toEqual({ instance: MAIN, link: id });
  });

  it('CRED-21: is for one connection of an active tenant, one kind that its connector takes, and a week at most', async () => {
    for (const wanted of [
      { kind: 'password', hours: 1 },
      { kind: 'aws_access_key', hours: 0 },
      { kind: 'aws_access_key', hours: 169 },
      { kind: 'aws_access_key', hours: 1.5 },
    ])
      await expect(intake().create(ACME, MAIN, wanted, 'x')).rejects.toMatchObject({ code: 'INVALID_INTAKE' });
    await expect(intake().create(GLOBEX, MAIN, { kind: 'aws_access_key', hours: 1 }, 'x')).rejects.toMatchObject({
      code: 'INSTANCE_NOT_FOUND',
    });
    await createTenantRepository(database.collections).setStatus(ACME, 'suspended');
    await expect(made()).rejects.toMatchObject({ code: 'TENANT_NOT_ACTIVE' });
  });

  it('CRED-21: the documents say where the claim does not hold', () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'credentials.md'), 'utf8').replaceAll(/[*\s]+/g, ' ');
    expect(page).toContain('Operator-mediated onboarding may expose a secret to staff');
  });
});
