/** Every credential that this environment needs: where it comes from, how long it lives, whether it can leave this machine, what renews it (OPS-02). */
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDomainError } from '../../domain/errors.ts';
import { readFederationFile } from '../compose/federation-file.ts';
import type { AppConfig } from '../config.ts';
import { type Login, LOGINS, loginsNeeded, type Tools } from './logins.ts';
import type { Credential, Verdict } from './types.ts';

export type CredentialConfig = Pick<
  AppConfig,
  | 'stateDir'
  | 'artifactKeyFile'
  | 'evidenceKeyFile'
  | 'credentialKeys'
  | 'keyVault'
  | 'secretsManagerRegion'
  | 'federationFile'
  | 'mongodbUri'
>;

export async function credentialList(config: CredentialConfig, tools: Tools, now: Date): Promise<readonly Credential[]> {
  const needed = loginsNeeded(config);
  const logins = await Promise.all(LOGINS.map((login) => loginOf(login, needed.has(login.command), tools, now)));
  return [
    ...(await keyFiles(config)),
    ...keptKeys(config),
    database(config),
    ...hostIdentities(config),
    ...(await federation(config, now)),
    ...logins.filter((login) => login !== null),
  ];
}

export interface OwnKey {
  readonly name: string;
  readonly setting: string;
  readonly file: string;
  /** Named by a setting: not ours to make. */
  readonly configured: boolean;
}

/** The keys that a development host makes itself. */
export function ownKeys({ stateDir, artifactKeyFile, evidenceKeyFile, credentialKeys }: CredentialConfig): readonly OwnKey[] {
  const own = (name: string, setting: string, given: string | undefined, file: string): OwnKey => ({
    name,
    setting,
    file: given ?? join(stateDir, 'keys', file),
    configured: given !== undefined,
  });
  return [
    own('artifact key', 'SV0_ARTIFACT_KEY_FILE', artifactKeyFile, 'artifact.key'),
    own('evidence signing key', 'SV0_EVIDENCE_KEY_FILE', evidenceKeyFile, 'evidence.pem'),
    ...(credentialKeys ?? [{ keeper: 'file', path: undefined } as const]).flatMap((key, index) =>
      key.keeper === 'file' ? own(storeKey(index), 'SV0_CREDENTIAL_KEYS', key.path, 'credentials.key') : [],
    ),
  ];
}

const storeKey = (index: number): string => `credential store key${index === 0 ? '' : ` ${index + 1}`}`;

/** Keys that never leave their keeper. That it lets this host in is seen by the first use: to ask would be to wrap something. */
function keptKeys({ credentialKeys }: CredentialConfig): readonly Credential[] {
  return (credentialKeys ?? []).flatMap((key, index) =>
    key.keeper === 'file'
      ? []
      : {
          name: storeKey(index),
          status: 'ok',
          source: `${key.keeper === 'kms' ? 'AWS KMS' : 'Azure Key Vault'} (SV0_CREDENTIAL_KEYS), by the identity of this host`,
          lifetime: 'until its keeper deletes it; what it wrapped needs it for ever',
          expires_at: null,
          device_bound: false,
          refresh: null,
          detail: key.keeper === 'kms' ? key.arn : key.id,
        },
  );
}

async function keyFiles(config: CredentialConfig): Promise<readonly Credential[]> {
  return await Promise.all(
    ownKeys(config).map(async ({ name, setting, file, configured }) => {
      const found = await stat(file).catch(() => null);
      const [status, detail, refresh] = keyState(found, file, configured);
      const lifetime = 'until it is replaced; what it sealed or signed needs it for ever';
      const source = `${file} (${configured ? setting : `made here; ${setting} names another`})`;
      return { name, status, source, lifetime, expires_at: null, device_bound: true, refresh, detail };
    }),
  );
}

function keyState(
  found: { readonly mode: number; isFile(): boolean } | null,
  file: string,
  configured: boolean,
): readonly [Verdict, string, string | null] {
  if (found === null) {
    return configured ? ['failed', 'the file is not there', `restore ${file}`] : ['warning', 'not made yet', 'sv0 doctor --refresh'];
  }
  if (!found.isFile()) return ['failed', 'not a regular file', null];
  return (found.mode & 0o077) === 0 ? ['ok', 'only its owner can read it', null] : ['failed', 'others can read it', `chmod 600 ${file}`];
}

function database({ mongodbUri }: CredentialConfig): Credential {
  const signsIn = mongodbUri !== undefined && /^mongodb(?:\+srv)?:\/\/[^/]*@/.test(mongodbUri);
  return {
    name: 'database sign-in',
    status: 'ok',
    source: mongodbUri === undefined ? 'the local server asks for none' : 'MONGODB_URI',
    lifetime: signsIn ? 'as its server decides' : 'none needed',
    expires_at: null,
    device_bound: false,
    refresh: signsIn ? 'export MONGODB_URI=…' : null,
    detail: signsIn ? 'a user in the connection string' : 'no user in the connection string',
  };
}

function hostIdentities({ keyVault }: CredentialConfig): readonly Credential[] {
  if (keyVault === undefined || keyVault.signIn === 'cli') return [];
  const managed = keyVault.signIn === 'managed_identity';
  return [
    {
      name: 'Azure Key Vault',
      status: 'ok',
      source: managed ? 'the managed identity of this machine' : 'the workload identity of this pod (AZURE_FEDERATED_TOKEN_FILE)',
      lifetime: 'tokens of up to 24 hours, renewed by the host',
      expires_at: null,
      device_bound: true,
      refresh: null,
      detail: 'SV0_KEY_VAULT; a launch shows whether the vault lets it in',
    },
  ];
}

async function federation({ federationFile }: CredentialConfig, now: Date): Promise<readonly Credential[]> {
  if (federationFile === undefined) return [];
  const base = { source: 'SV0_FEDERATION_FILE', device_bound: false, expires_at: null, refresh: null } as const;
  try {
    const { entra, github, aws } = await readFederationFile(federationFile);
    const found: Credential[] = [];
    if (aws?.access_key_file !== undefined)
      found.push(await secretFile('federation: AWS access key', aws.access_key_file, 'until it is rotated'));
    if (entra?.client_secret_file !== undefined)
      found.push(
        await secretFile('federation: Entra client secret', entra.client_secret_file, 'as the app registration says: at most 24 months'),
      );
    if (entra?.certificate_file !== undefined) found.push(await certificate(entra.certificate_file, now));
    if (github !== undefined)
      found.push(await secretFile('federation: GitHub App key', github.private_key_file, 'until it is deleted from the App'));
    return found;
  } catch (error) {
    const detail = isDomainError(error)
      ? `${error.code}: ${error.field ?? ''} expected ${error.expected ?? 'another value'}`
      : 'cannot be read';
    return [{ ...base, name: 'federation', status: 'failed', lifetime: 'unknown', detail }];
  }
}

async function secretFile(name: string, file: string, lifetime: string): Promise<Credential> {
  const [status, detail] = keyState(await stat(file).catch(() => null), file, true);
  return { name, status, source: file, lifetime, expires_at: null, device_bound: false, refresh: null, detail };
}

const SOON_MS = 14 * 86_400_000;

async function certificate(file: string, now: Date): Promise<Credential> {
  const row = await secretFile('federation: Entra certificate', file, 'until its own end');
  if (row.status !== 'ok') return row;
  try {
    const ends = new Date(new X509Certificate(await readFile(file)).validTo);
    const status = ends <= now ? 'failed' : ends.getTime() - now.getTime() < SOON_MS ? 'warning' : 'ok';
    return { ...row, status, expires_at: ends.toISOString(), detail: status === 'failed' ? 'expired' : row.detail };
  } catch {
    return { ...row, status: 'failed', detail: 'holds no certificate' };
  }
}

async function loginOf(login: Login, needed: boolean, tools: Tools, now: Date): Promise<Credential | null> {
  const installed = await tools.find(login.command);
  if (!installed && !needed) return null;
  const refresh = login.refresh.join(' ');
  const row = {
    name: login.title,
    source: `the ${login.command} command of this user`,
    lifetime: login.lifetime,
    device_bound: true,
    refresh,
    expires_at: null,
  };
  const absent: Verdict = needed ? 'failed' : 'ok';
  const why = needed ? '' : '; nothing here needs it';
  if (!installed) return { ...row, status: absent, detail: `${login.command} is not installed${why}` };
  const asked = await tools.run(login.command, login.signedIn);
  if (asked.code !== 0) return { ...row, status: absent, detail: `not signed in${why}` };
  const expires = login.expires === null ? null : dateOf((await tools.run(login.command, login.expires)).out);
  const over = expires !== null && expires <= now;
  return {
    ...row,
    status: over ? absent : 'ok',
    expires_at: expires?.toISOString() ?? null,
    detail: `${over ? 'expired' : 'signed in'}${why}`,
  };
}

/** `az` prints local time without a zone. */
function dateOf(text: string): Date | null {
  const at = new Date(text.trim());
  return Number.isNaN(at.getTime()) ? null : at;
}
