/** Evidence in hand: the same file from the command line and from the API, checked by a process that reaches no service. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPack } from '../../domain/evidence/build.ts';
import { ed25519Signer } from '../../domain/evidence/dsse.ts';
import { signPack } from '../../domain/evidence/sign.ts';
import { planFindings } from '../../domain/findings/lifecycle.ts';
import { RULES } from '../../domain/rules/registry.ts';
import { createEvidenceRepository } from '../../storage/mongo/evidence.ts';
import { createAuditRepository } from '../../storage/mongo/audit.ts';
import { createFindingRepository } from '../../storage/mongo/findings.ts';
import { createTenantRepository } from '../../storage/mongo/tenants.ts';
import { evidenceKeyId } from '../../cli/compose/evidence-key-id.ts';
import { appUnderTest } from '../api/app-under-test.ts';
import { keys, sampleInput } from '../domain/evidence/sample.ts';
import { ocsfProblems } from '../domain/evidence/ocsf-schema.ts';
import { serveDatabase, sv0InProcess } from '../support/cli.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { withDatabase } from '../support/mongo.ts';

const NOW = new Date('2026-11-22T08:00:00.000Z');
const database = withDatabase();
const ours = keys();
const theirs = keys();
const sample = sampleInput();
const tenant = sample.tenant_id;
const findings = [
  sample.finding,
  ...HOSTILE_NAMES.map((subject_name, n) => ({ ...sample.finding, id: n.toString(16).padStart(64, '0'), subject_name })),
];
let folder: string;
let api: Awaited<ReturnType<typeof serveDatabase>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv0-evidence-'));
  await writeFile(join(folder, 'evidence.pem'), ours.privatePem, { mode: 0o600 });
  const { collections } = database;
  await createTenantRepository(collections).create({ _id: tenant, slug: 'RULES', name: 'Rules', kind: 'demo', created_at: NOW });
  const evaluation = {
    findings,
    not_evaluated: { rules: [], findings: [] },
    rule_errors: [],
    counts: { finding: findings.length, clear: 0, not_evaluated: 0 },
    rules: [],
  };
  const pass = { pass: 1, now: NOW };
  await createFindingRepository(collections).apply(tenant, { changed: planFindings([], evaluation, pass).created, touched: [] }, pass);
  const evidence = createEvidenceRepository(collections);
  const pack = buildPack(sample);
  await evidence.putBlobs(tenant, pack.blobs);
  const envelope = await signPack(pack, ed25519Signer(evidenceKeyId(ours.privatePem), ours.privatePem));
  await evidence.putPacks(tenant, [{ digest: pack.digest, manifest: pack.manifest, envelope }], pass);
  api = await serveDatabase(database, { now: () => NOW, rules: { get: (id) => RULES.find((rule) => rule.id === id) } });
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

const sv0 = (...words: readonly string[]) => api.sv0(words);
/** Without any service. */
const offline = (...words: readonly string[]) =>
  sv0InProcess(words, { env: { SV0_STATE_DIR: folder, SV0_EVIDENCE_KEY_FILE: join(folder, 'evidence.pem') } });
const get = (path: string) => fetch(`${api.url}/api/v1/${path}`, { headers: { authorization: 'Bearer of-the-tests' } });

describe('sv0 evidence', () => {
  it('DATA-08: the file of a finding is the same from the command line, to a file or a pipe, and from the API; each is audited', async () => {
    const file = join(folder, 'pack.json');
    const exported = await sv0('evidence', 'export', sample.finding.id, '--out', file);
    expect(exported).toMatchObject({ code: 0, err: '' });
    const bytes = await readFile(file, 'utf8');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await sv0('evidence', 'export', sample.finding.id, '--tenant', tenant)).out).toBe(bytes);
    const pack = buildPack(sample);
    const answer = await get(`evidence-packs/${pack.digest}/file?tenant_id=${tenant}`);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.text()).toBe(bytes);
    const audit = await createAuditRepository(database.collections).list(tenant);
    expect(audit.filter(({ action }) => action === 'evidence_pack_exported')).toHaveLength(3);
  });

  it('DATA-08: verify needs no service, trusts only the keys that it is given, and says what is wrong', async () => {
    const file = join(folder, 'pack.json');
    await sv0('evidence', 'export', sample.finding.id, '--out', file);
    const printed = await offline('evidence', 'keys');
    expect(printed.out).toContain('BEGIN PUBLIC KEY');
    expect(printed.out).not.toContain('PRIVATE');
    const trusted = join(folder, 'trusted.json');
    await writeFile(trusted, printed.out);
    const good = await offline('evidence', 'verify', file, '--trusted-keys', trusted);
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(good.out).toContain(`VERIFIED ${buildPack(sample).digest}`);
    const json = await offline('evidence', 'verify', file, '--trusted-keys', trusted, '--json');
    expect(JSON.parse(json.out)).toMatchObject({
      verified: true,
      finding_id: sample.finding.id,
      signed_by: [evidenceKeyId(ours.privatePem)],
    });

    const stranger = join(folder, 'stranger.json');
    await writeFile(stranger, JSON.stringify({ somebody: theirs.publicPem }));
    const unknown = await offline('evidence', 'verify', file, '--trusted-keys', stranger, '--json');
    expect(unknown.code).toBe(1);
    expect(JSON.parse(unknown.out)).toEqual({
      verified: false,
      problems: [{ code: 'unknown_key', subject: evidenceKeyId(ours.privatePem) }],
    });

    const cut = join(folder, 'cut.json');
    await writeFile(cut, (await readFile(file, 'utf8')).slice(0, -100));
    const refused = await offline('evidence', 'verify', cut, '--trusted-keys', trusted);
    expect(refused).toMatchObject({ code: 1, out: 'REFUSED\n  malformed_file: file\n' });
  });

  it('DATA-08: nothing to check is bad input, exit 2', async () => {
    const file = join(folder, 'no-keys.json');
    await writeFile(file, '{}');
    for (const args of [
      ['evidence', 'verify', join(folder, 'nowhere.json'), '--trusted-keys', file],
      ['evidence', 'verify', file, '--trusted-keys', file],
      ['evidence', 'verify', file],
    ]) {
      expect(await offline(...args)).toMatchObject({ code: 2, out: '' });
    }
    expect((await sv0('evidence', 'export', 'f'.repeat(64))).err).toContain('FINDING_NOT_FOUND');
    expect((await sv0('evidence', 'export', sample.finding.id, '--tenant', 't-another')).err).toContain('FINDING_NOT_FOUND');
  });
});

describe('sv0 findings', () => {
  it.each(['ocsf', 'json', 'csv'])(
    'DATA-08: export as %s is the same from the command line and from the API, and audited',
    async (format) => {
      const said = await sv0('findings', 'export', '--tenant', tenant, '--format', format);
      expect(said).toMatchObject({ code: 0, err: '' });
      const answer = await get(`findings/export?tenant_id=${tenant}&format=${format}`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(said.out);
      expect(answer.headers.get('content-disposition')).toBe(
        `attachment; filename="findings-${tenant}.${format === 'csv' ? 'csv' : 'jsonl'}"`,
      );
      const [newest, before] = await createAuditRepository(database.collections).list(tenant, { action: 'findings_exported' });
      expect([newest?.subject, before?.subject]).toEqual([{ format }, { format }]);
      if (format === 'csv') return;
      const rows = said.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(rows).toHaveLength(findings.length);
      if (format === 'ocsf') expect(rows.flatMap((row) => ocsfProblems(row))).toEqual([]);
    },
  );

  it('DATA-08: a list of hostile names sends nothing to the terminal but text', async () => {
    const said = await sv0('findings', 'list', '--tenant', tenant, '--limit', '200');
    expect(said.code).toBe(0);
    // oxlint-disable-next-line no-control-regex -- they are what must not come
    expect(said.out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(said.out).toContain('<script>alert(1)</script>');
    expect(JSON.parse((await sv0('findings', 'list', '--tenant', tenant, '--severity', 'low', '--json')).out)).toEqual([]);
  });

  it('API-05 API-06: an export needs a tenant and a known format; another tenant has nothing', async () => {
    for (const query of [
      'format=json',
      `tenant_id=${tenant}`,
      `tenant_id=${tenant}&format=xml`,
      `tenant_id=${tenant}&format=csv&limit=1`,
    ]) {
      expect((await get(`findings/export?${query}`)).status).toBe(400);
    }
    expect(await (await get('findings/export?tenant_id=t-another&format=json')).text()).toBe('');
    expect((await sv0('findings', 'export', '--tenant', 't-another', '--format', 'csv')).err).toContain('TENANT_NOT_FOUND');
    const failing = appUnderTest({ tenantViews: { findings: () => Promise.reject(new Error('away')) } });
    expect((await failing.app.request('/api/v1/findings/export?tenant_id=acme&format=csv')).status).toBe(500);
    expect(failing.asked.audits).toEqual([]);
  });
});
