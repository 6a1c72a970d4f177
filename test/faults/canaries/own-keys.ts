/** The platform's own keys, each where it really lies; and those of a local stack: its issuer, its session key, the command line's token. */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createCallers } from '../../../api/identity/callers.ts';
import { createLocalIssuer, LOCAL_USER } from '../../../api/identity/local-issuer.ts';
import { createSessions } from '../../../api/identity/session.ts';
import { localLink, signInRoutes } from '../../../api/identity/sign-in.tsx';
import type { Identity } from '../../../cli/compose/identity.ts';
import { noteRunning } from '../../../cli/services/running.ts';
import { PLATFORM } from '../../../domain/tenancy/limits.ts';
import { DEMO_GITHUB_APP } from '../../../emulators/github/options.ts';
import { bytesNeedlesOf, type Needle, needlesOf } from '../../support/canaries.ts';
import type { TestPipeline } from '../../support/pipeline.ts';
import type { Sources } from '../../broker/federation/support.ts';
import { endedSessions } from '../../support/callers.ts';

const HOST = '127.0.0.1';

export interface LocalStack {
  readonly identity: Identity;
  /** Of its sessions; made as the composition makes it, which keeps it to itself. */
  readonly sessionKey: Uint8Array;
  /** As it stands in the state folder for commands of the same machine. */
  readonly token: string;
}

/** The identity of `sv0 dev`, with a session key that is known here; its token is put where `npm start` puts it. */
export async function openLocalStack({ storage, stateDir, settings }: TestPipeline): Promise<LocalStack> {
  const now = (): Date => new Date();
  const issuer = await createLocalIssuer({ host: HOST, issuerConfigured: false, now });
  const sessionKey = randomBytes(32);
  const sessions = createSessions({ key: sessionKey, secure: false, ended: endedSessions(), now });
  const record: Parameters<typeof signInRoutes>[0]['audit']['record'] = async ({ action, actor, subject }) => {
    await storage.audit.append(PLATFORM, { at: now(), action, outcome: 'done', actor, subject });
  };
  const token = await issuer.token(LOCAL_USER, 'super_admin', 3_600);
  const nowhere = 'http://127.0.0.1:1';
  await noteRunning(stateDir, {
    pid: process.pid,
    mongodb_uri: settings.uri,
    temporal_address: HOST,
    temporal_ui_url: nowhere,
    api_url: nowhere,
    api_token: token,
  });
  return {
    identity: {
      callers: createCallers(issuer.trusted, sessions, now),
      signIn: signInRoutes({ sessions, audit: { record }, way: { kind: 'local', issuer, now } }),
      issuerConfigured: false,
      hosts: [],
      local: { link: () => localLink(issuer), token: () => Promise.resolve(token) },
    },
    sessionKey,
    token,
  };
}

/** Signs a browser in by the link; gives what it then holds. */
export async function signedIn(url: string, { identity }: LocalStack): Promise<{ readonly code: string; readonly cookie: string }> {
  const link = identity.local?.link() ?? '';
  const answer = await fetch(`${url}${link}`, { redirect: 'manual' });
  const cookie = answer.headers.getSetCookie().find((one) => /^sv0=[^;]/.test(one)) ?? '';
  return { code: new URL(link, url).searchParams.get('code') ?? '', cookie: (cookie.split(';')[0] ?? '').slice('sv0='.length) };
}

/** The files in which the platform's keys lie at rest: there, and nowhere else. */
export function keyFiles(pipeline: TestPipeline, { file }: Sources): readonly string[] {
  const own = ['keys/credentials.key', 'artifact.key', 'evidence.pem', 'running.json'].map((name) => join(pipeline.stateDir, name));
  return [...own, ...['aws.json', 'entra.secret', 'github.pem'].map((name) => join(file, '..', name))];
}

export async function keyNeedles(pipeline: TestPipeline, { github }: Sources): Promise<readonly Needle[]> {
  const { artifactKey, evidenceKeyPem } = pipeline.settings;
  const kek = await readFile(join(pipeline.stateDir, 'keys', 'credentials.key'), 'utf8');
  return [
    ...bytesNeedlesOf('key-encryption key', Buffer.from(kek.trim(), 'hex')),
    ...bytesNeedlesOf('artifact key', Buffer.from(artifactKey)),
    ...pemNeedles('evidence signing key', evidenceKeyPem),
    ...pemNeedles('GitHub App private key', github.appPrivateKey(DEMO_GITHUB_APP.appId)),
  ];
}

/** The text of the file, and its secret number alone. */
function pemNeedles(label: string, pem: string): readonly Needle[] {
  const { d = '' } = createPrivateKey(pem).export({ format: 'jwk' });
  const lines = pem.trim().split('\n').slice(1, -1);
  return [...needlesOf(`${label} (PEM)`, lines.at(-2) ?? lines[0] ?? ''), ...bytesNeedlesOf(label, Buffer.from(d, 'base64url'))];
}

export const stackNeedles = ({ sessionKey, token }: LocalStack, { code, cookie }: { readonly code: string; readonly cookie: string }) => [
  ...bytesNeedlesOf('session key', Buffer.from(sessionKey)),
  ...needlesOf('token of the command line', token.slice(token.lastIndexOf('.') + 1)),
  ...needlesOf('sign-in link', code),
  ...needlesOf('session cookie', cookie),
];

/** Octal modes of those that are there. */
export async function modesOf(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => null)));
  return found.flatMap((facts) => (facts === null ? [] : [(facts.mode & 0o777).toString(8)]));
}
