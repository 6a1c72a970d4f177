/** `sv0 evidence …`: a finding's proof as one file, and checking such a file without any service (DATA-08). */
import { readFile, stat } from 'node:fs/promises';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { trustedKeys, type TrustedKeys } from '../../domain/evidence/dsse.ts';
import { MAX_PACK_BYTES, verifyPackFile } from '../../domain/evidence/file.ts';
import { answer, items } from '../client/answers.ts';
import { evidenceKeyId } from '../compose/evidence-key-id.ts';
import { evidenceKey } from '../compose/keys.ts';
import { loadConfig } from '../config.ts';
import { PROJECT } from '../folders.ts';
import type { Cli } from '../terminal.ts';
import { writePrivateFile } from './output.ts';
import { print, printable } from './print.ts';
import { tenantOf } from './tenant.ts';

export function addEvidenceCommand(program: Command, cli: Cli): void {
  const evidence = program.command('evidence');
  evidence
    .command('export <finding>')
    .option('--tenant <tenant>', 'compared with whose finding it is')
    .option('--out <file>', 'write it there, for its owner only; standard output when left out')
    .description("the current pack of a finding as one file; the same bytes as the page's download")
    .action((finding: string, options: ExportOptions) => exportPack(cli, finding, options));
  evidence
    .command('verify <pack>')
    .requiredOption('--trusted-keys <file>', 'JSON object of key id → public key (SPKI PEM), as `sv0 evidence keys` prints it')
    .option('--json', 'print one JSON document', false)
    .description('check a pack offline: exit 0 whole and signed by a trusted key, 1 refused, 2 nothing to check')
    .action((file: string, options: VerifyOptions) => verify(cli, file, options));
  evidence
    .command('keys')
    .description('the public half of the key that signs packs here, as a trusted-keys file; needs no service')
    .action(async () => {
      const config = loadConfig(cli.env, PROJECT);
      // It must be there: a key that this command made would have signed nothing.
      const pem = await evidenceKey(config.evidenceKeyFile ?? join(config.stateDir, 'keys', 'evidence.pem'), true);
      const publicPem = createPublicKey(pem).export({ type: 'spki', format: 'pem' });
      cli.out.write(`${JSON.stringify({ [evidenceKeyId(pem)]: publicPem }, null, 2)}\n`);
    });
}

interface ExportOptions {
  readonly tenant?: string;
  readonly out?: string;
}

interface VerifyOptions {
  readonly trustedKeys: string;
  readonly json: boolean;
}

async function exportPack(cli: Cli, finding: string, { tenant, out }: ExportOptions): Promise<void> {
  const api = cli.api();
  const query = tenant === undefined ? await tenantOf(api, 'finding', finding) : { tenant_id: tenant };
  await answer(api.GET('/api/v1/findings/{id}', { params: { path: { id: finding }, query } }));
  const page = (cursor: { readonly cursor?: string }) =>
    answer(api.GET('/api/v1/evidence-packs', { params: { query: { ...query, finding_id: finding, ...cursor } } }));
  for await (const { digest, manifest, superseded_at } of items(page)) {
    if (superseded_at !== null) continue;
    // As text: the bytes are the file's.
    const params = { path: { id: digest }, query };
    const bytes = await answer(api.GET('/api/v1/evidence-packs/{id}/file', { params, parseAs: 'text' }));
    await writePrivateFile(cli, out, [bytes as unknown as string]);
    if (out !== undefined) cli.out.write(`pack ${digest} of finding ${finding}: ${manifest.entries.length} rows\n`);
    return;
  }
  throw new NotFoundError('evidence pack', finding, { expected: 'a derivation pass that has built it' });
}

async function verify(cli: Cli, file: string, { trustedKeys: keysFile, json }: VerifyOptions): Promise<void> {
  const { problems, pack } = verifyPackFile(await readGiven(file, 'pack', MAX_PACK_BYTES + 1), await readKeys(keysFile));
  if (pack === null) {
    cli.exitCode = 1;
    print(cli, json, { verified: false, problems }, () =>
      ['REFUSED', ...problems.map(({ code, subject }) => `  ${code}: ${printable(subject)}`)].join('\n'),
    );
    return;
  }
  const { manifest, digest, envelope } = pack;
  const said = {
    verified: true,
    digest,
    tenant_id: manifest.tenant_id,
    finding_id: manifest.finding_id,
    rule: manifest.rule,
    entries: manifest.entries.length,
    syncs: manifest.syncs,
    signed_by: envelope.signatures.map(({ keyid }) => keyid),
  };
  print(cli, json, said, () =>
    [
      `VERIFIED ${digest}`,
      `  finding ${manifest.finding_id} of tenant ${printable(manifest.tenant_id)}`,
      `  rule ${printable(manifest.rule.id)}, version ${manifest.rule.version}`,
      `  ${manifest.entries.length} rows out of ${manifest.syncs.length} syncs, signed by ${printable(said.signed_by.join(', '))}`,
    ].join('\n'),
  );
}

const KEYS_EXPECTED = 'a JSON object of key id → Ed25519 public key as SPKI PEM';
const MAX_KEYS_BYTES = 1024 * 1024;

async function readKeys(file: string): Promise<TrustedKeys> {
  let value: unknown;
  try {
    value = JSON.parse((await readGiven(file, '--trusted-keys', MAX_KEYS_BYTES)).toString('utf8'));
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
  }
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (entries.length === 0 || entries.some(([, pem]) => typeof pem !== 'string')) {
    throw new InvalidInputError('the trusted keys cannot be read', {
      code: 'TRUSTED_KEYS_INVALID',
      field: '--trusted-keys',
      expected: KEYS_EXPECTED,
    });
  }
  return trustedKeys(Object.fromEntries(entries) as Record<string, string>);
}

/** At most `most` bytes are read: a file that is larger is wrong anyway. */
async function readGiven(file: string, field: string, most: number): Promise<Buffer> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) {
    throw new InvalidInputError('the file cannot be read', { code: 'FILE_NOT_FOUND', field, expected: 'a file that exists' });
  }
  if (found.size > most) {
    throw new InvalidInputError('the file is too large', { code: 'FILE_TOO_LARGE', field, expected: `at most ${most} bytes` });
  }
  return await readFile(file);
}
